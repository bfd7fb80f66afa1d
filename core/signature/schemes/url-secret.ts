import { configuredPath } from '../../event/path-spelling';
import { failure } from '../failure';
import { findUrlSecret, type KnownUrlSecrets } from '../known-url-secrets';
import { isSameText } from '../same-text';
import { isSecret } from '../validate-secret';
import type { Scheme } from './scheme';

export interface UrlSecretConfig {
	readonly kind: 'url-secret';
	readonly secrets: readonly string[];
	/** What counts in their place, where they may have been renewed; never configured. */
	readonly known?: KnownUrlSecrets;
}

/** The last segment of the URL's path is the secret. */
export const urlSecret: Scheme<UrlSecretConfig> = {
	kind: 'url-secret',
	fields: [{ name: 'secrets', use: 'verify', type: 'secrets', rule: 'url', max: 10 }],
	isSecretInUrl: true,
	canSign: false,

	verify({ urlSecret: given, now }, { secrets, known }) {
		if (!secrets.some(isSecret)) throw failure('ERR_SIGNATURE_MISMATCH', 'empty_secret');
		if (given === undefined || given === '') {
			throw failure('ERR_SIGNATURE_MISSING', 'url_secret_missing');
		}
		const secretAt = known
			? findUrlSecret(known, given, now)
			: secrets.findIndex(
					(secret) => isSecret(secret) && isSameText(given, configuredPath(secret)),
				);
		if (secretAt < 0) throw failure('ERR_URL_SECRET_MISMATCH', 'url_secret_mismatch');
		return { secretAt };
	},

	// One that was renewed is known by its digest alone.
	present({ now }, { secrets, known }) {
		const urlSecret = secrets.find(
			(secret) =>
				isSecret(secret) && (!known || findUrlSecret(known, configuredPath(secret), now) >= 0),
		);
		return urlSecret === undefined ? undefined : { urlSecret };
	},

	secretParts: ({ secrets }) => ({ texts: secrets }),
};
