import { ConfigError } from '../../../errors';
import { joinPath } from '../../../config-path';
import { isSecretRef } from '../../secret-ref';
import { validateUrl } from '../validate-url';
import type { AuthKind } from './auth-kind';
import { checkText, MAX_AUTH_TEXT } from './check-text';
import type { OAuth2Auth } from './oauth2-config';
import { TokenSource } from './token-source';

const CLIENT_AUTH: readonly unknown[] = ['basic', 'body', undefined];

/** `Authorization: Bearer …` of an access token that is fetched, kept until shortly before its end, and renewed once on 401. */
export const oauth2Auth: AuthKind<OAuth2Auth> = {
	kind: 'oauth2',
	fields: {
		tokenUrl: true,
		clientId: true,
		clientSecret: true,
		scope: true,
		audience: true,
		clientAuth: true,
	},
	secrets: { tokenUrl: 'url', clientId: 'maybe', clientSecret: 'always' },
	validate(config, path) {
		if (!isSecretRef(config.tokenUrl)) validateUrl(config.tokenUrl, joinPath(path, 'tokenUrl'));
		for (const name of ['clientId', 'clientSecret']) {
			checkText(config, name, path, {
				expected: 'a text that is not empty',
				fits: (text) => text !== '',
			});
		}
		for (const name of ['scope', 'audience'] as const) {
			const value: unknown = config[name];
			const fits = typeof value === 'string' && value.length <= MAX_AUTH_TEXT;
			if (value !== undefined && !fits) {
				throw new ConfigError(
					joinPath(path, name),
					`a text of at most ${MAX_AUTH_TEXT} characters`,
				);
			}
		}
		if (!CLIENT_AUTH.includes(config.clientAuth)) {
			throw new ConfigError(joinPath(path, 'clientAuth'), 'basic or body', config.clientAuth);
		}
	},
	headers: () => ['authorization'],
	create: (config, ports) => new TokenSource(config, ports),
};
