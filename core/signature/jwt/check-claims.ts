import { isSameText } from '../same-text';
import type { Claims } from '../token';
import { tokenFailure } from '../token-failure';
import { checkTimes } from '../token-times';

/** What a token has to say; empty texts ask for nothing. */
export interface ClaimRules {
	readonly issuer?: string | undefined;
	readonly audience?: string | undefined;
	readonly subject?: string | undefined;
	readonly leewaySeconds?: number | undefined;
	readonly requireExpiry?: boolean | undefined;
}

/** @throws SignatureError; details.reason is iat_in_future, expired, no_exp, wrong_issuer, wrong_audience or wrong_subject */
export function checkClaims(claims: Claims, now: number, config: ClaimRules): void {
	const {
		leewaySeconds = 60,
		requireExpiry = true,
		issuer = '',
		audience = '',
		subject = '',
	} = config;
	checkTimes(claims, now, leewaySeconds);
	if (requireExpiry && claims.exp === undefined) throw tokenFailure('no_exp');
	if (!isClaim(claims['iss'], issuer)) throw tokenFailure('wrong_issuer');
	if (![claims['aud']].flat().some((one) => isClaim(one, audience)))
		throw tokenFailure('wrong_audience');
	if (!isClaim(claims['sub'], subject)) throw tokenFailure('wrong_subject');
}

function isClaim(claimed: unknown, expected: string): boolean {
	return expected === '' || (typeof claimed === 'string' && isSameText(claimed, expected));
}
