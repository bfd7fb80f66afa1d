import type { HandshakeConfig, ReceiverConfig } from '../config';
import { findScheme, SCHEMES } from '../signature/schemes/index';
import {
	isSecretRef,
	requireReferences,
	resolveSecrets,
	type SecretFields,
	type SecretSources,
} from '../sink/secret-ref';
import type { StoredAuth, StoredReceiverConfig } from './definition';

/**
 * A receiver's configuration as it may be stored and shown: of its authentication only what its schemes know to be no secret.
 * References to secrets stay; what a node has read from its credentials does not.
 */
export function storedReceiver({
	auth,
	origin = 'host',
	handshake,
	...config
}: ReceiverConfig): StoredReceiverConfig {
	return {
		...config,
		origin,
		auth: auth.map(storedAuth),
		...(handshake === undefined ? {} : { handshake: storedHandshake(handshake) }),
	};
}

function storedHandshake({ kind, secrets }: HandshakeConfig): HandshakeConfig {
	return areRefs(secrets) && secrets ? { kind, secrets } : { kind };
}

function storedAuth(auth: { readonly kind: string }): StoredAuth {
	const open = findScheme(auth.kind)?.fields.filter(({ type }) => type !== 'secrets') ?? [];
	const names = new Set(['kind', ...open.map(({ name }) => name)]);
	const kept = Object.entries(auth).filter(([name, value]) => names.has(name) || areRefs(value));
	return Object.fromEntries(kept) as StoredAuth;
}

function areRefs(value: unknown): boolean {
	return Array.isArray(value) && value.length > 0 && value.every(isSecretRef);
}

/** Wherever a scheme has secrets. */
export const AUTH_SECRETS: SecretFields = Object.fromEntries(
	SCHEMES.flatMap(({ fields }) => fields)
		.filter(({ type }) => type === 'secrets')
		.map(({ name }) => [`*.${name}.*`, 'always'] as const),
);

/** Of a handshake. */
export const HANDSHAKE_SECRETS: SecretFields = { 'secrets.*': 'always' };

/** The same handshake with the texts of its verify tokens. @throws as withSecrets */
export function withVerifyTokens<Handshake>(
	handshake: Handshake,
	{ resolveSecret, openSecret }: SecretSources,
): Handshake {
	if (typeof handshake !== 'object' || handshake === null) return handshake;
	const from = { resolveSecret, openSecret, path: 'handshake' };
	return resolveSecrets(handshake as object, HANDSHAKE_SECRETS, from) as Handshake;
}

/**
 * The same list of authentications with the texts of the secrets that it names; whatever else it holds is checked later.
 *
 * @throws ConfigError naming path and reference where there is no such secret
 */
export function withSecrets<Auth>(auth: Auth, { resolveSecret, openSecret }: SecretSources): Auth {
	if (!Array.isArray(auth)) return auth;
	const from = { resolveSecret, openSecret, path: 'auth' };
	return resolveSecrets(auth as object, AUTH_SECRETS, from) as Auth;
}

/** For authentications that are stored whole. @throws ConfigError naming the path where there is a secret itself */
export function requireSecretRefs({
	auth,
	handshake,
}: {
	auth: unknown;
	handshake?: unknown;
}): void {
	if (typeof auth === 'object' && auth !== null) requireReferences(auth, AUTH_SECRETS, 'auth');
	if (typeof handshake === 'object' && handshake !== null) {
		requireReferences(handshake, HANDSHAKE_SECRETS, 'handshake');
	}
}
