import type { ErrorCode, SignatureError } from '../errors';
import { failure } from './failure';

/** Why a token was refused, in the order of the checks (D28). */
export type TokenFailure = keyof typeof CODES;

const CODES = {
	empty_secret: 'ERR_SIGNATURE_MISMATCH',
	missing_header: 'ERR_SIGNATURE_MISSING',
	malformed_token: 'ERR_TOKEN_MALFORMED',
	alg_not_allowed: 'ERR_ALG_NOT_ALLOWED',
	unknown_key: 'ERR_SIGNATURE_MISMATCH',
	bad_signature: 'ERR_SIGNATURE_MISMATCH',
	iat_in_future: 'ERR_TOKEN_NOT_YET_VALID',
	expired: 'ERR_TOKEN_EXPIRED',
	no_checksum_sha256: 'ERR_CHECKSUM_MISSING',
	checksum_mismatch: 'ERR_CHECKSUM_MISMATCH',
	no_exp: 'ERR_TOKEN_CLAIM',
	wrong_issuer: 'ERR_TOKEN_CLAIM',
	wrong_audience: 'ERR_TOKEN_CLAIM',
	wrong_subject: 'ERR_TOKEN_CLAIM',
} as const satisfies Record<string, ErrorCode>;

export function tokenFailure(reason: TokenFailure): SignatureError {
	return failure(CODES[reason], reason);
}
