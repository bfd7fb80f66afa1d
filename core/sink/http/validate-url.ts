import { ConfigError } from '../../errors';

/**
 * Stricter than `URL`, which mends what it is given: `http:host`, `https:\\\\host` and blanks are mistakes, and lead elsewhere.
 *
 * @throws ConfigError that never shows it, since a URL carries secrets
 */
export function validateUrl(text: unknown, path: string): void {
	const [, authority] =
		(typeof text === 'string' && /^https?:\/\/([^/?#]+)/i.exec(text)) || ([] as string[]);
	if (typeof text !== 'string' || authority === undefined || !URL.canParse(text)) {
		throw new ConfigError(
			path,
			'a URL that begins with https:// or http:// and the name of a host',
		);
	}
	if (/[\s\\\p{Cc}]/u.test(text)) {
		throw new ConfigError(path, 'a URL without blanks, line breaks and backslashes');
	}
	if (authority.includes('@')) {
		throw new ConfigError(path, 'a URL without user and password (use an Authorization header)');
	}
}
