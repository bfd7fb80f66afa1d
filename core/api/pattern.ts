/**
 * Patterns of paths: `/v1/receivers/{receiverId}`. A parameter is one segment, or the part of one before a verb (`{connector}:sync`, D73);
 * `{*taskId}` at the end is all that is left, slashes included (K24). Parameters are never empty, and come decoded.
 */

interface Segment {
	readonly parameter?: string;
	/** The whole of it, or what follows the parameter. */
	readonly text: string;
}

export interface Pattern {
	readonly text: string;
	/** In the order of the path. */
	readonly parameters: readonly string[];
	/** Of two that match a path, the one whose rank is less (as text) means it more closely: words before verbs, parameters, rests. */
	readonly rank: string;
	/** The values of its parameters; undefined where the path is another one. */
	match(path: string): Readonly<Record<string, string>> | undefined;
	/** A path that it matches. */
	fill(values: Readonly<Record<string, string>>): string;
}

/** @throws TypeError for a pattern that nothing could match, or that names a parameter twice */
export function compilePattern(text: string): Pattern {
	const segments = text.split('/').slice(1).map(parseSegment);
	const parameters = segments.flatMap(({ parameter }) => parameter ?? []);
	const rest = segments.at(-1)?.parameter?.startsWith('*') ? segments.length - 1 : undefined;
	const names = parameters.map((name) => name.replace('*', ''));
	const isWellFormed =
		text.startsWith('/') &&
		new Set(names).size === names.length &&
		segments.slice(0, -1).every(({ parameter }) => !parameter?.startsWith('*'));
	if (!isWellFormed) throw new TypeError(`no pattern: ${text}`);
	return {
		text,
		parameters: names,
		rank: segments.map(rankOf).join(''),
		match: (path) => match(segments, rest, path.split('/').slice(1)),
		fill: (values) =>
			segments.map(({ parameter, text: end }) => `/${filled(parameter, values)}${end}`).join(''),
	};
}

function parseSegment(text: string): Segment {
	const [, parameter, end = ''] = /^\{(\*?\w+)\}((?::\w+)?)$/.exec(text) ?? [];
	if (parameter !== undefined) return { parameter, text: end };
	if (/[{}]/.test(text)) throw new TypeError(`no segment of a pattern: ${text}`);
	return { text };
}

function rankOf({ parameter, text }: Segment): string {
	if (parameter === undefined) return 'a';
	if (parameter.startsWith('*')) return 'd';
	return text === '' ? 'c' : 'b';
}

function filled(parameter: string | undefined, values: Readonly<Record<string, string>>): string {
	if (parameter === undefined) return '';
	const value = values[parameter.replace('*', '')] ?? '';
	return parameter.startsWith('*')
		? value.split('/').map(encodeURIComponent).join('/')
		: encodeURIComponent(value);
}

function match(
	segments: readonly Segment[],
	rest: number | undefined,
	given: readonly string[],
): Readonly<Record<string, string>> | undefined {
	if (rest === undefined ? given.length !== segments.length : given.length <= rest)
		return undefined;
	const found: Record<string, string> = Object.create(null);
	for (const [at, { parameter, text }] of segments.entries()) {
		const part = at === rest ? given.slice(at).join('/') : (given[at] ?? '');
		if (parameter === undefined) {
			if (part !== text) return undefined;
			continue;
		}
		if (!part.endsWith(text)) return undefined;
		const value = decode(part.slice(0, part.length - text.length));
		if (value === undefined || value === '') return undefined;
		found[parameter.replace('*', '')] = value;
	}
	return found;
}

/** Undefined where the escapes are no UTF-8. */
function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
