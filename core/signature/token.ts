import { oneUse, type OneUse } from './one-use';
import { tokenFailure } from './token-failure';

/** Claims of a body token; the checksums are lowercase hex over the raw body (D18). Times are seconds since the epoch. */
export interface Claims {
	readonly checksum?: unknown;
	readonly checksum_sha256?: unknown;
	readonly iat?: number;
	readonly nbf?: number;
	readonly exp?: number;
	readonly jti?: unknown;
	readonly [claim: string]: unknown;
}

/** Holds the SHA-256 of the body where nothing else is said (D18). */
export const CHECKSUM_CLAIM = 'checksum_sha256';

/** What tokens of ours say beside it. */
export const OTHER_CLAIMS = ['checksum', 'exp', 'iat', 'jti', 'nbf'] as const;

/** A body of 16 MiB has a checksum as long as any other: a longer token is an attack on the parser. */
const MAX_TOKEN_LENGTH = 16_384;

/**
 * Reads a compact JWT without verifying it: nothing of the result may be trusted yet.
 *
 * @throws SignatureError ERR_TOKEN_MALFORMED
 */
export function parseToken(token: string): {
	alg: string;
	claims: Claims;
	keyId: string | undefined;
} {
	const first = token.indexOf('.');
	const second = token.indexOf('.', first + 1);
	if (token.length > MAX_TOKEN_LENGTH || first < 0 || second < 0)
		throw tokenFailure('malformed_token');
	const header = parseHeader(token.slice(0, first));
	const claims = parseSegment(decodeSegment(token.slice(first + 1, second)));
	decodeSegment(token.slice(second + 1));
	const { alg, kid } = header;
	const areTimesNumbers = ['iat', 'nbf', 'exp'].every(
		(name) => claims[name] === undefined || typeof claims[name] === 'number',
	);
	// Extensions that a token declares critical are unknown here, so it must be refused (RFC 7515, 4.1.11).
	if ('crit' in header || header['b64'] === false) throw tokenFailure('malformed_token');
	if (typeof alg !== 'string' || !areTimesNumbers) {
		throw tokenFailure('malformed_token');
	}
	return { alg, claims, keyId: typeof kid === 'string' ? kid : undefined };
}

/**
 * A copy of a token is known by the id that its sender gave it, else by all that was signed: of some algorithms a token has several
 * right signatures. Times are in it, or it would be the same for the same body.
 *
 * @returns undefined for a token that its sender may well send twice
 */
export function useOfToken(
	token: string,
	{ jti, exp, iat }: Claims,
	now: number,
	leewaySeconds: number,
): OneUse | undefined {
	const hasId = typeof jti === 'string' && jti !== '';
	if (!hasId && exp === undefined && iat === undefined) return undefined;
	const until = exp === undefined ? undefined : (exp + leewaySeconds) * 1_000;
	return oneUse(hasId ? `jti ${jti}` : token.slice(0, token.lastIndexOf('.')), now, until);
}

/** Senders write the same header again and again. */
let lastHeader: { readonly text: string; readonly header: Record<string, unknown> } | undefined;

function parseHeader(text: string): Record<string, unknown> {
	if (lastHeader?.text !== text) lastHeader = { text, header: parseSegment(decodeSegment(text)) };
	return lastHeader.header;
}

/**
 * One token has one spelling, since who remembers tokens, against replays, may compare texts: there are no other characters, and bits that
 * belong to no byte are zero, as whoever encodes has to leave them (RFC 4648, 3.5).
 */
function decodeSegment(segment: string): Buffer {
	const bytes = Buffer.from(segment, 'base64url');
	if (bytes.toString('base64url') !== segment) throw tokenFailure('malformed_token');
	return bytes;
}

function parseSegment(bytes: Buffer): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(bytes.toString('utf8'));
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			// Without a prototype, so that a missing claim is missing whatever its name.
			return Object.assign(Object.create(null) as Record<string, unknown>, value);
		}
	} catch {
		// Below; the parser's message would show a part of the token.
	}
	throw tokenFailure('malformed_token');
}
