/** The token endpoint of service accounts (D83–D85). It has errors of its own, so it is a dialect of its own. */
import * as z from 'zod/v4';
import { signIn } from '../access/sign-in';
import type { ApiCore } from '../api-core';
import { documentationRoute } from '../documentation-route';
import { reply, route, type Dialect } from '../route';
import { tokenErrors } from './token-errors';

const PATH = '/oauth2/token';

/** UTF-16 units; one has some hundred. */
const MAX_ASSERTION = 8_192;

const tokenRoute = route<ApiCore>()({
	method: 'POST',
	pattern: PATH,
	operation: 'getAccessToken',
	summary:
		'Gives an access token for an hour to who shows an assertion that a key has signed (RFC 7523).',
	scope: 'open',
	isSignIn: true,
	input: {
		body: {
			as: 'form',
			maxBytes: 2 * MAX_ASSERTION,
			schema: z.object({
				grant_type: z.literal('urn:ietf:params:oauth:grant-type:jwt-bearer'),
				assertion: z.string().min(1).max(MAX_ASSERTION),
			}),
		},
	},
	output: {
		200: {
			description: 'The token; it is shown as a bearer.',
			json: z.strictObject({
				access_token: z.string(),
				token_type: z.literal('bearer'),
				expires_in: z.int(),
			}),
		},
	},
	errors: ['ERR_CREDENTIAL_REFUSED', 'ERR_RATE_LIMITED', 'ERR_SECRET_UNREADABLE', 'ERR_SECRET_KEY'],
	handle: async ({ core, body, host, receivedAt }) => {
		const { token, expiresInSeconds } = await signIn(core.access, body.assertion, {
			tokenEndpoints: endpointsAt(host),
			now: receivedAt,
		});
		return reply(200, {
			access_token: token,
			token_type: 'bearer' as const,
			expires_in: expiresInSeconds,
		});
	},
});

/** As clients may write it: whether TLS ends here or in front of us is not known. */
function endpointsAt(host: string): readonly string[] {
	return ['https', 'http'].flatMap((scheme) => {
		const url = `${scheme}://${host}${PATH}`;
		return URL.canParse(url) ? new URL(url).href : [];
	});
}

export const tokenDialect: Dialect<ApiCore> = {
	name: 'oauth2',
	title: 'Access tokens of service accounts',
	places: [{ prefix: '/oauth2' }],
	routes: [tokenRoute, documentationRoute('/oauth2/openapi.json', () => tokenDialect)],
	credentials: [],
	errorForm: tokenErrors,
};
