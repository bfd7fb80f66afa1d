import { hash, timingSafeEqual } from 'node:crypto';
import { ReceiveError, SignatureError } from '../errors';
import type { Headers } from '../event/event';
import { configuredPath } from '../event/path-spelling';
import { RELEASED_AT } from '../runtime/release';
import type { AuthConfig } from './auth-config';
import { failure } from './failure';
import { isSecret, verifyBody } from './verify-body';

export { validateAuth } from './validate-auth';

/** What of a request proves who sent it. */
export interface AuthRequest {
	readonly headers: Headers;
	/** The raw bytes. */
	readonly body: Uint8Array;
	/** The secret that was found in the URL, as `normalizePath` gives it. */
	readonly urlSecret?: string | undefined;
}

/** Header that carries the token where the configuration names none (D14). */
export const DEFAULT_SIGNATURE_HEADER = 'X-Dt-Signature';

/**
 * Resolves when one of the ways succeeds. No way, no secret and an empty secret never succeed.
 *
 * @param now milliseconds since the Unix epoch
 * @param releasedAt what no clock that is right can be before
 * @throws SignatureError: of the first way whose proof was there but wrong, else of the first. ReceiveError ERR_CLOCK_NOT_SET: the
 *   signature of a token is good and it seems to come from the future, but this machine's clock is older than this software
 */
export async function authenticate(
	request: AuthRequest,
	auth: readonly AuthConfig[],
	now: number,
	releasedAt = RELEASED_AT,
): Promise<void> {
	const failures: SignatureError[] = [];
	let isClockAtFault = false;
	for (const way of auth) {
		try {
			await checkOne(request, way, now);
			return;
		} catch (error) {
			if (!(error instanceof SignatureError)) throw error;
			failures.push(error);
			isClockAtFault ||= error.code === 'ERR_TOKEN_NOT_YET_VALID' && now < releasedAt;
		}
	}
	if (isClockAtFault) throw clockNotSet();
	const wrong = failures.find(({ code }) => code !== 'ERR_SIGNATURE_MISSING');
	throw wrong ?? failures[0] ?? failure('empty_secret');
}

async function checkOne(request: AuthRequest, way: AuthConfig, now: number): Promise<void> {
	switch (way.kind) {
		case 'none':
			return;
		case 'url':
			checkUrlSecret(request.urlSecret, way.secrets);
			return;
		case 'jwt':
			await verifyBody({
				...way,
				token: tokenOf(request.headers, way.header),
				body: request.body,
				now,
			});
	}
}

function checkUrlSecret(given: string | undefined, secrets: readonly string[]): void {
	const known = secrets.filter(isSecret);
	if (known.length === 0) throw failure('empty_secret');
	if (given === undefined || given === '') throw failure('url_secret_missing');
	if (!known.some((secret) => isSameSecret(given, configuredPath(secret))))
		throw failure('url_secret_mismatch');
}

/** Compares hashes: constant time whatever the lengths. */
function isSameSecret(a: string, b: string): boolean {
	return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

function tokenOf(headers: Headers, name = DEFAULT_SIGNATURE_HEADER): string | undefined {
	const values = headers[name.toLowerCase()] ?? [];
	// Two signatures: which one was meant is not for us to guess, and no compact JWT contains a comma.
	return values.length > 1 ? values.join(',') : values[0];
}

/** Time servers are asked at boot; a sender that took a 401 for final would lose what it sent before they answered. */
const CLOCK_RETRY_MS = 30_000;

function clockNotSet(): ReceiveError {
	return new ReceiveError(
		'ERR_CLOCK_NOT_SET',
		"this machine's clock is not set, so the time of a token cannot be checked; try again later",
		{ retryAfterMs: CLOCK_RETRY_MS },
	);
}
