import type { Claims } from './token';
import { tokenFailure } from './token-failure';

/** @param now milliseconds since the Unix epoch @throws SignatureError; details.reason is iat_in_future or expired */
export function checkTimes({ iat, nbf, exp }: Claims, now: number, leewaySeconds: number): void {
	const seconds = now / 1_000;
	// PyJWT, which the vendor's own verifier runs on, treats nbf like iat.
	if (Math.max(iat ?? 0, nbf ?? 0) > seconds + leewaySeconds) throw tokenFailure('iat_in_future');
	if (exp !== undefined && exp <= seconds - leewaySeconds) throw tokenFailure('expired');
}
