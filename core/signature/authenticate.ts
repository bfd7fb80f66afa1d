import { hash, timingSafeEqual } from 'node:crypto';
import { SignatureError } from '../errors';
import type { Headers } from '../event/event';
import { configuredPath } from '../event/path-spelling';
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
 * @throws SignatureError: of the first way whose proof was there but wrong, else of the first
 */
export async function authenticate(
	request: AuthRequest,
	auth: readonly AuthConfig[],
	now: number,
): Promise<void> {
	const failures: SignatureError[] = [];
	for (const way of auth) {
		try {
			await checkOne(request, way, now);
			return;
		} catch (error) {
			if (!(error instanceof SignatureError)) throw error;
			failures.push(error);
		}
	}
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
