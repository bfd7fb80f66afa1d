import { matchKey } from '../match-key';
import type { Scheme } from './scheme';

export interface BearerConfig {
	readonly kind: 'bearer';
	readonly secrets: readonly string[];
}

/** `Authorization: Bearer <secret>` (RFC 6750, 2.1). */
export const bearer: Scheme<BearerConfig> = {
	kind: 'bearer',
	fields: [{ name: 'secrets', use: 'verify', type: 'secrets', rule: 'signature', max: 10 }],
	canSign: false,

	verify({ headers }, { secrets }) {
		const values = headers['authorization'] ?? [];
		// The name of the scheme is written in any case (RFC 9110, 11.1).
		const given = values.map((value) => /^bearer +(.*)$/is.exec(value)?.[1]?.trimEnd() ?? '');
		return { secretAt: matchKey(given, secrets) };
	},

	present: (_request, { secrets: [secret = ''] }) => ({
		headers: { Authorization: `Bearer ${secret}` },
	}),

	secretParts: () => ({ headers: ['authorization'] }),
	challenge: () => 'Bearer',
};
