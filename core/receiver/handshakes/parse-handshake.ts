import { checkChoice } from '../../check-value';
import type { HandshakeConfig } from '../../config';
import { ConfigError } from '../../errors';
import { HANDSHAKE_KINDS, showsVerifyToken, type HandshakeKind } from '../../pure/handshake-kinds';
import type { SchemeConfig } from '../../signature/schemes/index';
import { validateSecret } from '../../signature/validate-secret';
import { HANDSHAKES } from './index';

/** A kind by its name alone is enough where the sender shows no verify token. */
export type HandshakeInput = HandshakeKind | HandshakeConfig;

const MAX_VERIFY_TOKENS = 10;

/** @throws ConfigError naming the path and the bound, never a verify token */
export function parseHandshake(
	input: HandshakeInput,
	auth: readonly SchemeConfig[],
	path = 'handshake',
): HandshakeConfig {
	const given: Partial<HandshakeConfig> = typeof input === 'string' ? { kind: input } : input;
	const kind = checkChoice(given.kind, `${path}.kind`, HANDSHAKE_KINDS);
	const { needs } = HANDSHAKES[kind];
	if (needs !== undefined && !auth.some((way) => way.kind === needs)) {
		throw new ConfigError(path, `the way ${needs} to authenticate, by which ${kind} is answered`);
	}
	if (!showsVerifyToken(kind)) {
		if (given.secrets === undefined) return { kind };
		throw new ConfigError(`${path}.secrets`, `none: ${kind} shows no verify token`);
	}
	const { secrets } = given;
	if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > MAX_VERIFY_TOKENS) {
		throw new ConfigError(`${path}.secrets`, `1 to ${MAX_VERIFY_TOKENS} verify tokens`);
	}
	for (const [at, secret] of secrets.entries()) {
		validateSecret('signature', secret, `${path}.secrets[${at}]`);
	}
	return { kind, secrets };
}
