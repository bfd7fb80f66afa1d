/**
 * The path of a receiver beside the paths of `http in` nodes. Pure: dialog and runtime say the same.
 */

/** What of an `http in` node counts here. */
export interface HttpIn {
	readonly id: string;
	readonly type: string;
	readonly name?: unknown;
	readonly url?: unknown;
	readonly method?: unknown;
}

/** Where a receiver listens that names no path. */
export function defaultPath(nodeId: string): string {
	return `/sluice/${nodeId}`;
}

/**
 * The `http in` nodes that get no request any more, or not all, beside a receiver: it answers every method of its path, and with a
 * secret in the URL whatever is one segment longer.
 */
export function shadowed(
	path: string,
	secretInUrl: boolean,
	nodes: readonly HttpIn[],
): { readonly name: string; readonly method: string }[] {
	const own = segmentsOf(path);
	return nodes.flatMap(({ id, type, name, url, method }) => {
		if (type !== 'http in' || typeof url !== 'string' || url.trim() === '') return [];
		const pattern = segmentsOf(url);
		const isHit = fits(own, pattern) || (secretInUrl && fits([...own, undefined], pattern));
		return isHit ? [{ name: String(name || id), method: String(method ?? '').toUpperCase() }] : [];
	});
}

/** As Express compares: letter case, doubled slashes and one at the end do not count. */
function segmentsOf(path: string): string[] {
	return path
		.toLowerCase()
		.split('/')
		.filter((segment) => segment !== '');
}

/** Undefined is any segment. Whatever is no literal (`:id`, `:id?`, `*`, a pattern) may be anything; only `*` takes several. */
function fits(path: readonly (string | undefined)[], pattern: readonly string[]): boolean {
	const [first, ...rest] = pattern;
	if (first === undefined) return path.length === 0;
	if (first.includes('*')) return true;
	if (first.endsWith('?') && fits(path, rest)) return true;
	if (path.length === 0) return false;
	const [own] = path;
	const isAny = own === undefined || /[:()?+]/.test(first);
	return (isAny || own === first) && fits(path.slice(1), rest);
}
