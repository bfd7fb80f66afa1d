import { ConfigError } from '../../errors';
import { matchKey } from '../match-key';
import type { Scheme } from './scheme';

export interface QueryKeyConfig {
	readonly kind: 'query-key';
	readonly secrets: readonly string[];
	/** Name of the parameter, letter case counts. */
	readonly parameter?: string | undefined;
}

const PARAMETER = 'key';

/** A query parameter of the URL holds the secret, for senders that can set nothing but the address. */
export const queryKey: Scheme<QueryKeyConfig> = {
	kind: 'query-key',
	fields: [
		{ name: 'secrets', use: 'verify', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'parameter', use: 'verify', type: 'text', maxLength: 100, fallback: PARAMETER },
	],
	canSign: false,

	validate({ parameter }, path) {
		// Not every host tells it apart from the parameters of an object of that name.
		if (parameter !== undefined && /[[\]&=#]/.test(parameter)) {
			throw new ConfigError(`${path}.parameter`, 'a name without [ ] & = #', parameter);
		}
	},

	verify({ query = {} }, { secrets, parameter = PARAMETER }) {
		const given = Object.hasOwn(query, parameter) ? query[parameter] : undefined;
		return { secretAt: matchKey(given ?? [], secrets) };
	},

	present: (_request, { secrets: [secret = ''], parameter = PARAMETER }) => ({
		query: { [parameter]: secret },
	}),

	secretParts: ({ parameter = PARAMETER }) => ({ query: [parameter] }),
};
