/** One step of a path: the key of an object, or the index of a list. */
export type PathStep = string | number;

/** UTF-16 units of a path, computed or configured. */
export const MAX_PATH_LENGTH = 10_000;

/**
 * Splits a path such as `key1[0].key2` (K95): on `.` and `[`; `0]` is an index, anything else a key, empty parts are
 * dropped. There is no escaping, so keys with dots cannot be reached.
 *
 * @returns the steps; none for "", which means the whole body
 * @throws Error when a path that is not empty has no steps, such as `.`, and for one above MAX_PATH_LENGTH
 */
export function parsePath(path: string): readonly PathStep[] {
	if (path.length > MAX_PATH_LENGTH) {
		throw new Error(
			`a path of ${path.length} characters is too long, the limit is ${MAX_PATH_LENGTH}`,
		);
	}
	const steps = path
		.split(/[.[]/)
		.filter((part) => part !== '')
		.map((part) => (/^\d+\]$/.test(part) ? Number(part.slice(0, -1)) : part));
	if (steps.length === 0 && path !== '') throw new Error(`path ${JSON.stringify(path)} is invalid`);
	return steps;
}

/** The value at the steps; undefined when there is none. null is a value. Only own properties are looked at. */
export function readSteps(root: unknown, steps: readonly PathStep[]): unknown {
	let value = root;
	for (const step of steps) {
		if (typeof value !== 'object' || value === null) return undefined;
		if (Array.isArray(value) !== (typeof step === 'number')) return undefined;
		if (!Object.hasOwn(value, step)) return undefined;
		value = (value as Record<PathStep, unknown>)[step];
	}
	return value;
}

/** Both at once, for paths that are read rarely. */
export function readPath(root: unknown, path: string): unknown {
	return readSteps(root, parsePath(path));
}
