import { AUTH_KINDS, validateAuthConfig, type AuthConfig } from '../sink/http/auth/index';
import type { SecretRef } from '../sink/secret-ref';
import { checkChoice } from '../check-value';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** How an endpoint lets requests in, of a dialog that has fields for it; how they are used is told in buffer-settings.ts. */
export interface AuthSettings {
	readonly auth?: 'none' | AuthConfig['kind'] | undefined;
	/** Name of the header. */
	readonly authHeader?: string | undefined;
	/** Of basic. */
	readonly authUser?: string | undefined;
	/** Of OAuth2, client credentials. */
	readonly authTokenUrl?: string | undefined;
	readonly authClientId?: string | undefined;
	readonly authScope?: string | undefined;
	readonly authAudience?: string | undefined;
	readonly authClientAuth?: 'basic' | 'body' | undefined;
}

/** The setting that holds the secret of a kind. */
export const AUTH_SECRETS = {
	header: 'authValue',
	bearer: 'authToken',
	basic: 'authPassword',
	oauth2: 'authClientSecret',
} as const satisfies Record<AuthConfig['kind'], string>;

export type AuthSecret = (typeof AUTH_SECRETS)[AuthConfig['kind']];

/** Where the fields of core's `auth` stand in dialogs. */
export const AUTH_PLACES = {
	'auth.name': 'authHeader',
	'auth.value': AUTH_SECRETS.header,
	'auth.token': AUTH_SECRETS.bearer,
	'auth.user': 'authUser',
	'auth.password': AUTH_SECRETS.basic,
	'auth.tokenUrl': 'authTokenUrl',
	'auth.clientId': 'authClientId',
	'auth.clientSecret': AUTH_SECRETS.oauth2,
	'auth.scope': 'authScope',
	'auth.audience': 'authAudience',
	'auth.clientAuth': 'authClientAuth',
};

/**
 * Core's configuration of a way to be let in.
 *
 * @param secretFor what stands in the place of the secret of such a setting
 * @returns undefined where there is none
 * @throws ConfigError naming the dialog's field; never a secret
 */
export function toAuth(
	settings: AuthSettings,
	secretFor: (setting: AuthSecret) => SecretRef,
	at: SettingPath = sameName,
): AuthConfig | undefined {
	const { auth: given = 'none' } = settings;
	const kind = checkChoice(given, at('auth'), ['none', ...AUTH_KINDS] as const);
	if (kind === 'none') return undefined;
	const auth = ofKind(kind, settings, secretFor(AUTH_SECRETS[kind]));
	inDialog(() => validateAuthConfig(auth, 'auth'), at, AUTH_PLACES);
	return auth;
}

function ofKind(kind: AuthConfig['kind'], settings: AuthSettings, secret: SecretRef): AuthConfig {
	const { authScope: scope, authAudience: audience, authClientAuth: clientAuth } = settings;
	switch (kind) {
		case 'header':
			return { kind, name: settings.authHeader?.trim() ?? '', value: secret };
		case 'bearer':
			return { kind, token: secret };
		case 'basic':
			return { kind, user: settings.authUser ?? '', password: secret };
		case 'oauth2':
			return {
				kind,
				tokenUrl: settings.authTokenUrl?.trim() ?? '',
				clientId: settings.authClientId ?? '',
				clientSecret: secret,
				...(scope ? { scope } : {}),
				...(audience ? { audience } : {}),
				...(clientAuth ? { clientAuth } : {}),
			};
	}
}
