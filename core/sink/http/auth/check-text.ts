import { ConfigError } from '../../../errors';
import { joinPath } from '../../../config-path';
import { isSecretRef } from '../../secret-ref';

/** UTF-16 units of a user, password, token or name in the authentication. */
export const MAX_AUTH_TEXT = 16_384;

/**
 * A reference, or a text that fits.
 *
 * @throws ConfigError which shows nothing of it
 */
export function checkText(
	config: object,
	name: string,
	path: string,
	o: { readonly expected: string; fits(text: string): boolean },
): void {
	const value = (config as Readonly<Record<string, unknown>>)[name];
	if (isSecretRef(value)) return;
	const isText = typeof value === 'string' && value.length <= MAX_AUTH_TEXT;
	if (!isText || !o.fits(value)) throw new ConfigError(joinPath(path, name), o.expected);
}
