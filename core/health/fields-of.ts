import { ConfigError } from '../errors';

/** The members of an object that has no others. @throws ConfigError naming the path */
export function fieldsOf(
	given: unknown,
	path: string,
	names: readonly string[],
): Record<string, unknown> {
	if (typeof given !== 'object' || given === null || Array.isArray(given))
		throw new ConfigError(path, `an object with ${names.join(', ')}`, given);
	const other = Object.keys(given).find((name) => !names.includes(name));
	if (other !== undefined) throw new ConfigError(`${path}.${other}`, `one of ${names.join(', ')}`);
	return given as Record<string, unknown>;
}
