import { failure } from './failure';
import { isSameText } from './same-text';
import { isSecret } from './validate-secret';

/**
 * For schemes in which the sender shows the secret itself.
 *
 * @param given every value that the request has in the place of the secret
 * @returns which of the secrets it is, from 0
 * @throws SignatureError; details.reason is empty_secret, missing_key, several_keys or wrong_key
 */
export function matchKey(given: readonly string[], secrets: readonly string[]): number {
	if (!secrets.some(isSecret)) throw failure('ERR_SIGNATURE_MISMATCH', 'empty_secret');
	const [key, ...others] = given;
	if (key === undefined || key === '') throw failure('ERR_SIGNATURE_MISSING', 'missing_key');
	if (others.length > 0) throw failure('ERR_SIGNATURE_MISMATCH', 'several_keys');
	// All of them are compared, so that the time does not tell which one came near.
	const matches = secrets.map((secret) => isSecret(secret) && isSameText(key, secret));
	const secretAt = matches.indexOf(true);
	if (secretAt < 0) throw failure('ERR_SIGNATURE_MISMATCH', 'wrong_key');
	return secretAt;
}
