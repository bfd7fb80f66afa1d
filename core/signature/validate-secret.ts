import { ConfigError } from '../errors';
import { secretExpectation, secretFault, type SecretKind } from '../pure/secret-rules';

/** What was found, in words: the secret itself is never shown. */
const FOUND = {
	missing: 'none',
	blank: 'white space around it',
	length: 'another length',
	characters: 'other characters',
} as const;

/**
 * Refuses a secret that is out of its bounds (secret-rules.ts): says where and which bound, never the secret itself.
 *
 * @param path of the secret, for messages
 * @throws ConfigError
 */
export function validateSecret(
	kind: SecretKind,
	secret: unknown,
	path: string,
): asserts secret is string {
	const fault = secretFault(kind, secret);
	if (fault === undefined) return;
	throw new ConfigError(path, secretExpectation(kind), FOUND[fault]);
}

/** Configurations come from hosts: what is no text is no secret, instead of the secret "undefined". */
export function isSecret(secret: unknown): secret is string {
	return typeof secret === 'string' && secret !== '';
}
