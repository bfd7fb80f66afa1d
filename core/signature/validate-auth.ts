import { ConfigError } from '../errors';
import type { AuthConfig } from './auth-config';
import { isHmacAlg } from './hmac-key';

const MAX_WAYS = 10;
const MAX_SECRETS = 10;
const MAX_SECRET_LENGTH = 1_024;

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
			validateSecrets(way.secrets, `${path}.secrets`);
			for (const [index, secret] of way.secrets.entries()) {
				if (/[/?#]/.test(secret)) {
					throw new ConfigError(`${path}.secrets[${index}]`, 'a secret without "/", "?" and "#"');
				}
			}
			return;
		case 'jwt':
			validateSecrets(way.secrets, `${path}.secrets`);
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

/** Says where and which bound, never the secret itself. */
function validateSecrets(secrets: readonly string[], path: string): void {
	if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > MAX_SECRETS) {
		throw new ConfigError(path, `1 to ${MAX_SECRETS} secrets`);
	}
	for (const [index, secret] of (secrets as readonly unknown[]).entries()) {
		if (typeof secret !== 'string' || secret.trim() === '' || secret.length > MAX_SECRET_LENGTH) {
			throw new ConfigError(
				`${path}[${index}]`,
				`a secret of 1 to ${MAX_SECRET_LENGTH} characters that is not blank`,
			);
		}
	}
}
