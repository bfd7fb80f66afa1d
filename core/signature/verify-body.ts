import { timingSafeEqual } from 'node:crypto';
import { checksumOf } from './checksum';
import { hasHmacOf, isHmacAlg } from './hmac-key';
import type { Verified } from './schemes/scheme';
import { CHECKSUM_CLAIM, parseToken, useOfToken, type Claims } from './token';
import { tokenFailure } from './token-failure';
import { checkTimes } from './token-times';
import { isSecret } from './validate-secret';

export type { Claims } from './token';

export interface VerifyInput {
	/** Value of the signature header; undefined when the request has none. */
	readonly token: string | undefined;
	/** The raw bytes of the request; text is taken as UTF-8. */
	readonly body: Uint8Array | string;
	/** Tried in turn, so that a secret can be changed without a gap; empty ones never match. */
	readonly secrets: readonly string[];
	/** Milliseconds since the Unix epoch; default the machine's time. */
	readonly now?: number | undefined;
	/** HS256, HS384, HS512; default HS256 alone (D23). */
	readonly algs?: readonly string[] | undefined;
	/** Applies to exp and iat; default 60 (D27). */
	readonly leewaySeconds?: number | undefined;
	/** Accept the SHA-1 `checksum` of a token without `checksum_sha256`; default false (D22). */
	readonly allowSha1?: boolean | undefined;
	/** The claim with the SHA-256 of the body, lower-case hex; default `checksum_sha256`. */
	readonly claim?: string | undefined;
}

/**
 * Verifies a JWT that carries a checksum of the body (D20–D28).
 *
 * @returns the claims, all of them verified
 * @throws SignatureError; details.reason is the first that applies of D28: empty_secret, missing_header, malformed_token,
 *   alg_not_allowed, bad_signature, iat_in_future, expired, no_checksum_sha256, checksum_mismatch
 */
export async function verifyBody(input: VerifyInput): Promise<Claims> {
	return verifyToken(input).claims;
}

/** The same at once, and which of the secrets it was. */
export function verifyToken(input: VerifyInput): Verified & { readonly claims: Claims } {
	const { token, body, secrets, algs = ['HS256'], leewaySeconds = 60 } = input;
	if (!secrets.some(isSecret)) throw tokenFailure('empty_secret');
	if (token === undefined || token === '') throw tokenFailure('missing_header');
	const { alg, claims } = parseToken(token);
	if (!algs.includes(alg) || !isHmacAlg(alg)) throw tokenFailure('alg_not_allowed');
	const secretAt = secrets.findIndex((secret) => isSecret(secret) && hasHmacOf(token, alg, secret));
	if (secretAt < 0) throw tokenFailure('bad_signature');
	const now = input.now ?? Date.now();
	checkTimes(claims, now, leewaySeconds);
	checkChecksum(claims, body, input);
	const oneUse = useOfToken(token, claims, now, leewaySeconds);
	return { secretAt, claims, ...(oneUse ? { oneUse } : {}) };
}

function checkChecksum(
	claims: Claims,
	body: Uint8Array | string,
	{ allowSha1 = false, claim = CHECKSUM_CLAIM }: VerifyInput,
): void {
	const useSha1 = claims[claim] === undefined && allowSha1;
	const claimed = useSha1 ? claims.checksum : claims[claim];
	if (claimed === undefined) throw tokenFailure('no_checksum_sha256');
	const computed = checksumOf(useSha1 ? 'sha1' : 'sha256', body);
	if (!isSameText(claimed, computed)) throw tokenFailure('checksum_mismatch');
}

/** Constant time for texts of one length, and the length of a checksum is no secret. */
function isSameText(a: unknown, b: string): boolean {
	if (typeof a !== 'string') return false;
	const [left, right] = [Buffer.from(a), Buffer.from(b)];
	return left.length === right.length && timingSafeEqual(left, right);
}
