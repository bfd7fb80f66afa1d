import * as z from 'zod/v4';
import type { ErrorForm, Refusal } from '../refusal';

/** `{"error": "invalid_grant", "error_description": "…"}` (RFC 6749, 5.2): what is wrong with an assertion is a 400 (D85). */
export const tokenErrors: ErrorForm = {
	schema: z.strictObject({ error: z.string(), error_description: z.string() }),
	write(refusal) {
		const { status, error, description } = told(refusal);
		// Characters that such a text may have.
		const plain = description.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, ' ');
		return { status, json: { error, error_description: plain } };
	},
};

/** Nothing of what exactly was wrong: the caller need not be who has the key. */
const REFUSED =
	'the assertion is not taken: it is signed with HS256 by the secret of a key whose id is its kid, for this address (aud), by the id of its account (iss), and lasts an hour at most (iat, exp)';

function told({ code, status, message, issues }: Refusal) {
	if (status === 401) return { status: 400, error: 'invalid_grant', description: REFUSED };
	if (status === 429 || status === 503) {
		return { status, error: 'temporarily_unavailable', description: message };
	}
	if (status >= 500) return { status: 500, error: 'server_error', description: message };
	const isOtherGrant = issues.some(
		({ path, problem }) => path[0] === 'grant_type' && problem === 'choice',
	);
	const isKept = code === 'ERR_ROUTE_UNKNOWN' || code === 'ERR_METHOD';
	return {
		status: isKept ? status : 400,
		error: isOtherGrant ? 'unsupported_grant_type' : 'invalid_request',
		description: message,
	};
}
