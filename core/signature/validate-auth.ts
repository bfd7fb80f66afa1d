import { ConfigError } from '../errors';
import type { AuthConfig } from './auth-config';
import { isHmacAlg } from './hmac-key';
import { secretExpectation, secretFault, type SecretKind } from '../pure/secret-rules';

const MAX_WAYS = 10;
const MAX_SECRETS = 10;

/** What was found, in words: the secret itself is never shown. */
const FOUND = {
	missing: 'none',
	blank: 'white space around it',
	length: 'another length',
	characters: 'other characters',
} as const;

/**
 * Refuses a configuration that lets everybody in by mistake, or nobody.
 *
 * @param path of the list, for messages
 * @throws ConfigError naming path and bound
 */
export function validateAuth(auth: readonly AuthConfig[], path: string): void {
	if (!Array.isArray(auth) || auth.length < 1 || auth.length > MAX_WAYS) {
		throw new ConfigError(
			path,
			`1 to ${MAX_WAYS} ways to authenticate ("none" must be named)`,
			auth,
		);
	}
	for (const [index, way] of (auth as readonly AuthConfig[]).entries()) {
		validateOne(way, `${path}[${index}]`);
	}
	if (auth.length > 1 && auth.some(({ kind }) => kind === 'none')) {
		throw new ConfigError(path, '"none" alone, since it lets everybody in');
	}
}

function validateOne(way: AuthConfig, path: string): void {
	switch (way?.kind) {
		case 'none':
			return;
		case 'url':
			validateSecrets('url', way.secrets, `${path}.secrets`);
			return;
		case 'jwt':
			validateSecrets('signature', way.secrets, `${path}.secrets`);
			validateJwtOptions(way, path);
			return;
		default:
			throw new ConfigError(`${path}.kind`, 'none, url or jwt', (way as { kind?: unknown })?.kind);
	}
}

function validateJwtOptions(way: AuthConfig & { kind: 'jwt' }, path: string): void {
	const { header, algs, leewaySeconds } = way;
	if (header !== undefined && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
		throw new ConfigError(`${path}.header`, 'the name of a header', header);
	}
	if (algs !== undefined && (algs.length === 0 || !algs.every(isHmacAlg))) {
		throw new ConfigError(`${path}.algs`, 'at least one of HS256, HS384, HS512', algs.join(', '));
	}
	if (leewaySeconds !== undefined && !(leewaySeconds >= 0 && leewaySeconds <= 3_600)) {
		throw new ConfigError(`${path}.leewaySeconds`, 'a number from 0 to 3,600', leewaySeconds);
	}
}

function validateSecrets(kind: SecretKind, secrets: readonly string[], path: string): void {
	if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > MAX_SECRETS) {
		throw new ConfigError(path, `1 to ${MAX_SECRETS} secrets`);
	}
	for (const [index, secret] of (secrets as readonly unknown[]).entries()) {
		validateSecret(kind, secret, `${path}[${index}]`);
	}
}

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
