import { MAX_PATH_LENGTH } from './path';

/** A place in a body, as a path names it, and what begins there. */
export interface BodyPath {
	readonly path: string;
	/** Its JSON, cut; of an object or list only how much is in it. */
	readonly shows: string;
}

/** A sample is listed for a person to choose from. */
const MAX_PATHS = 300;
const MAX_DEPTH = 20;
/** Elements of a list are mostly alike. */
const ELEMENTS = 3;
const SHOWN_LENGTH = 60;

/**
 * The places of a body in its order, objects and lists as well as what is in them. Keys that no path can name (`parsePath`) are left out.
 *
 * @param body any JSON data
 * @returns at most 300, down to 20 levels; of lists the first three elements
 */
export function listPaths(body: unknown): readonly BodyPath[] {
	const found: BodyPath[] = [];
	visit(body, '', 0, found);
	return found;
}

function visit(value: unknown, path: string, depth: number, found: BodyPath[]): void {
	if (path !== '') found.push({ path, shows: shown(value) });
	if (depth === MAX_DEPTH || typeof value !== 'object' || value === null) return;
	const children = Array.isArray(value)
		? value.slice(0, ELEMENTS).map((one, i) => [`${path}[${i}]`, one] as const)
		: Object.entries(value)
				.filter(([key]) => canBeNamed(key))
				.map(([key, one]) => [path === '' ? key : `${path}.${key}`, one] as const);
	for (const [place, one] of children) {
		if (found.length === MAX_PATHS) return;
		if (place.length <= MAX_PATH_LENGTH) visit(one, place, depth + 1, found);
	}
}

/** No separator is in it, it does not look like an index, and no dialog takes blanks around it away. */
function canBeNamed(key: string): boolean {
	return key !== '' && key.trim() === key && !/[.[]|^\d+\]$/.test(key);
}

function shown(value: unknown): string {
	if (Array.isArray(value)) return `[${value.length}]`;
	if (typeof value === 'object' && value !== null) return `{${Object.keys(value).length}}`;
	const text = JSON.stringify(value) ?? '';
	return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH - 1)}…` : text;
}
