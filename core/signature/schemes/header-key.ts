import { matchKey } from '../match-key';
import type { Scheme } from './scheme';

export interface HeaderKeyConfig {
	readonly kind: 'header-key';
	readonly secrets: readonly string[];
	/** Name of the header, any case. */
	readonly header?: string | undefined;
	/** Stands before the key in the header, such as `Apikey `; no part of the secret. */
	readonly prefix?: string | undefined;
}

const HEADER = 'X-Api-Key';

/** A header holds the secret, as GitLab's X-Gitlab-Token does. */
export const headerKey: Scheme<HeaderKeyConfig> = {
	kind: 'header-key',
	fields: [
		{ name: 'secrets', use: 'verify', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'header', use: 'verify', type: 'header', fallback: HEADER },
		{ name: 'prefix', use: 'verify', type: 'text', maxLength: 50, fallback: '' },
	],
	canSign: false,

	verify({ headers }, { secrets, header = HEADER, prefix = '' }) {
		const values = headers[header.toLowerCase()] ?? [];
		const given = values.map((value) =>
			value.startsWith(prefix) ? value.slice(prefix.length) : '',
		);
		return { secretAt: matchKey(given, secrets) };
	},

	present: (_request, { secrets: [secret = ''], header = HEADER, prefix = '' }) => ({
		headers: { [header]: prefix + secret },
	}),

	secretParts: ({ header = HEADER }) => ({ headers: [header.toLowerCase()] }),
};
