import { ConfigError } from '../../../errors';
import { elementPath, joinPath } from '../../../config-path';
import type { Resolved, SecretFields } from '../../secret-ref';
import type { Authenticator, AuthKind, AuthPorts } from './auth-kind';
import { basicAuth, type BasicAuth } from './basic';
import { bearerAuth, type BearerAuth } from './bearer';
import { headerAuth, type HeaderAuth } from './header';
import { oauth2Auth } from './oauth2';
import type { OAuth2Auth } from './oauth2-config';

/** How an endpoint is to let its requests in; secrets are references. */
export type AuthConfig = HeaderAuth | BearerAuth | BasicAuth | OAuth2Auth;

/** The only list. */
const KINDS = {
	header: headerAuth,
	bearer: bearerAuth,
	basic: basicAuth,
	oauth2: oauth2Auth,
} as const satisfies {
	readonly [Kind in AuthConfig['kind']]: AuthKind<Extract<AuthConfig, { readonly kind: Kind }>>;
};

type AnyKind = AuthKind<AuthConfig>;

/** For dialogs, checks and docs, in the order to show them. */
export const AUTH_KINDS = Object.keys(KINDS) as AuthConfig['kind'][];

/** Names of what can be set beside the kind, in the order to show them. */
export function authFields(kind: AuthConfig['kind']): readonly string[] {
	return Object.keys(KINDS[kind].fields);
}

/** @throws ConfigError naming path and bound, never a secret */
export function validateAuthConfig(config: unknown, path: string): void {
	const kind = kindOf(config, path);
	for (const name of Object.keys(config as object)) {
		if (name !== 'kind' && !Object.hasOwn(kind.fields, name)) {
			const names = authFields(kind.kind).join(', ');
			throw new ConfigError(elementPath(path, name), `one of ${names}`);
		}
	}
	kind.validate(config as AuthConfig, path);
}

/** Names of the headers that it sets, in lower case. @param config that was validated */
export function authHeaders(config: AuthConfig | Resolved<AuthConfig>): readonly string[] {
	return kindOf(config, 'auth').headers(config);
}

/** Fields that hold secrets, by their path in a configuration that has it under `auth`. */
export function authSecrets(): SecretFields {
	return Object.fromEntries(
		Object.values(KINDS).flatMap(({ secrets }) =>
			Object.entries(secrets).map(([name, holds]) => [`auth.${name}`, holds]),
		),
	) as SecretFields;
}

/** @param config that was validated */
export function createAuthenticator(config: Resolved<AuthConfig>, ports: AuthPorts): Authenticator {
	return kindOf(config, 'auth').create(config, ports);
}

function kindOf(config: unknown, path: string): AnyKind {
	if (typeof config !== 'object' || config === null || Array.isArray(config)) {
		throw new ConfigError(path, 'an object with a kind and its fields');
	}
	const { kind } = config as { readonly kind?: unknown };
	if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
		throw new ConfigError(joinPath(path, 'kind'), `one of ${AUTH_KINDS.join(', ')}`);
	}
	return KINDS[kind as AuthConfig['kind']] as unknown as AnyKind;
}
