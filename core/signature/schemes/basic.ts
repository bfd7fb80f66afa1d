import { ConfigError } from '../../errors';
import { failure } from '../failure';
import { matchKey } from '../match-key';
import { isSameText } from '../same-text';
import type { Scheme } from './scheme';

export interface BasicConfig {
	readonly kind: 'basic';
	/** Passwords. */
	readonly secrets: readonly string[];
	readonly user?: string | undefined;
}

const USER = 'sluice';

/** `Authorization: Basic …` with user and password, read as UTF-8 (RFC 7617). */
export const basic: Scheme<BasicConfig> = {
	kind: 'basic',
	fields: [
		{ name: 'secrets', use: 'verify', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'user', use: 'verify', type: 'text', maxLength: 200, fallback: USER },
	],
	canSign: false,

	validate({ user }, path) {
		if (user?.includes(':')) throw new ConfigError(`${path}.user`, 'a name without a colon', user);
	},

	verify({ headers }, { secrets, user = USER }) {
		const pairs = (headers['authorization'] ?? []).map(pairOf);
		const secretAt = matchKey(
			pairs.map(({ password }) => password),
			secrets,
		);
		// After the password: who does not know it learns nothing of the names.
		if (!isSameText(pairs[0]?.name ?? '', user)) {
			throw failure('ERR_SIGNATURE_MISMATCH', 'wrong_user');
		}
		return { secretAt };
	},

	present: (_request, { secrets: [secret = ''], user = USER }) => ({
		headers: { Authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` },
	}),

	secretParts: () => ({ headers: ['authorization'] }),
	challenge: () => 'Basic realm="sluice", charset="UTF-8"',
};

function pairOf(value: string): { readonly name: string; readonly password: string } {
	const [, encoded = ''] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(value) ?? [];
	const text = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = text.indexOf(':');
	return colon < 0
		? { name: '', password: '' }
		: { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
