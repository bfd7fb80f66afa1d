import type { Headers } from '../../event/event';
import { HMAC_ALGS } from '../hmac-key';
import { signBody } from '../sign-body';
import { CHECKSUM_CLAIM, OTHER_CLAIMS } from '../token';
import { verifyToken } from '../verify-body';
import type { Scheme } from './scheme';

export interface BodyJwtConfig {
	readonly kind: 'body-jwt';
	readonly secrets: readonly string[];
	/** Name of the header, any case. */
	readonly header?: string | undefined;
	/** Applies to exp and iat (D27). */
	readonly leewaySeconds?: number | undefined;
	/** Accept the SHA-1 `checksum` of a token without the claim below (D22). */
	readonly allowSha1?: boolean | undefined;
	/** The claim that holds the SHA-256 of the body, lower-case hex. */
	readonly claim?: string | undefined;
	/** Accepted (D23). */
	readonly algs?: readonly string[] | undefined;
	/** Signed with. */
	readonly alg?: string | undefined;
	/** How long a token lives (D18). */
	readonly expiresInSeconds?: number | undefined;
}

/** Carries the token of Data Connectors (D14). */
const HEADER = 'X-Dt-Signature';

/** A JWT that carries a checksum of the raw body (D17–D28). */
export const bodyJwt: Scheme<BodyJwtConfig> = {
	kind: 'body-jwt',
	fields: [
		{ name: 'secrets', use: 'both', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'header', use: 'both', type: 'header', fallback: HEADER },
		{ name: 'leewaySeconds', use: 'verify', type: 'seconds', min: 0, max: 3_600, fallback: 60 },
		{ name: 'allowSha1', use: 'verify', type: 'flag', fallback: false },
		{
			name: 'claim',
			use: 'both',
			type: 'text',
			maxLength: 100,
			fallback: CHECKSUM_CLAIM,
			never: OTHER_CLAIMS,
		},
		{ name: 'algs', use: 'verify', type: 'choices', options: HMAC_ALGS, fallback: ['HS256'] },
		{ name: 'alg', use: 'sign', type: 'choice', options: HMAC_ALGS, fallback: 'HS256' },
		{
			name: 'expiresInSeconds',
			use: 'sign',
			type: 'seconds',
			min: 1,
			max: 86_400,
			fallback: 3_600,
		},
	],
	canSign: true,

	verify({ headers, body, now }, { header = HEADER, ...options }) {
		return verifyToken({ ...options, token: tokenOf(headers, header), body, now });
	},

	async sign(
		{ body, now },
		{ header = HEADER, secrets: [secret = ''], alg, expiresInSeconds, claim },
	) {
		return { [header]: await signBody({ body, now, secret, alg, expiresInSeconds, claim }) };
	},

	async present({ body, now }, { header = HEADER, secrets: [secret = ''], algs, claim }) {
		const [alg] = algs ?? [];
		return { headers: { [header]: await signBody({ body, now, secret, alg, claim }) } };
	},

	signedHeaders: ({ header = HEADER }) => [header],
};

function tokenOf(headers: Headers, name: string): string | undefined {
	const values = headers[name.toLowerCase()] ?? [];
	// Two signatures: which one was meant is not for us to guess, and no compact JWT contains a comma.
	return values.length > 1 ? values.join(',') : values[0];
}
