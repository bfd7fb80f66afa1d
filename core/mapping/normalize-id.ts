import { ConfigError } from '../errors';

/**
 * Makes an id of a name, as the Keboola service does (K11): `My Receiver` → `my-receiver`, `CamelCase` → `camel-case`.
 *
 * @throws ConfigError when nothing is left
 */
export function normalizeId(name: string): string {
	const id = name
		.replace(/[A-Z]+/g, '-$&')
		// The letter ranges are code points, á U+00E1 … ž U+017E and Á U+00C1 … Ž U+017D: beyond them all is a separator.
		.replace(/[^a-zA-Z0-9\u00c1-\u017e]+/g, '-')
		.normalize('NFD')
		.replace(/\p{Mn}/gu, '')
		.replace(/^-+|-+$/g, '')
		.toLowerCase();
	if (id === '') throw new ConfigError('id', 'at least one letter or digit', name);
	return id;
}
