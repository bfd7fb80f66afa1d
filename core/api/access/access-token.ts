/**
 * OAuth2 after RFC 7523, as service accounts of Disruptive Technologies have it (D83–D85): a key signs an assertion, and gets an access token for
 * an hour. An access token is signed by the key as well, by a secret that is derived from the key's: it ends with the key and with its account, holds in
 * every process, and nothing of it is stored.
 */
import { createHmac } from 'node:crypto';
import { ConfigError, SignatureError } from '../../errors';
import type { Secrets } from '../../secrets/open-secrets';
import { jwt } from '../../signature/schemes/jwt';
import { parseToken } from '../../signature/token';
import { refusedCredential } from './credential-ways';
import { openSecret, secretsAt } from './credential-secret';
import type { Credential } from './documents';

/** D83, D84: of assertions, too, `exp` is at most that far behind `iat`. */
const ACCESS_TOKEN_SECONDS = 3_600;

const AUDIENCE = 'sluice';
const HEADER = 'x-token';

interface Opened {
	readonly secrets: Secrets;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
}

/** A JWT of a key, by what it says of itself: nothing is verified yet. */
export interface ClaimedToken {
	readonly keyId: string;
	/** @throws CoreError ERR_CREDENTIAL_REFUSED */
	verify(credential: Credential, o: Opened): Promise<void>;
}

/** Undefined where the text is no JWT that names its key. */
export function readAccessToken(text: string): ClaimedToken | undefined {
	return claimed(text, (credential, o) =>
		verify(text, secretTexts(credential, o).map(derived), { now: o.now, audience: AUDIENCE }),
	);
}

/**
 * An assertion names its account by its id (`iss`): accounts have no e-mail address.
 *
 * @param o.tokenEndpoints the URLs that it may be for
 */
export function readAssertion(
	text: string,
	{ tokenEndpoints }: { readonly tokenEndpoints: readonly string[] },
): ClaimedToken | undefined {
	return claimed(text, (credential, o) => {
		const aud = [parseToken(text).claims['aud']].flat();
		const [first = ''] = tokenEndpoints;
		const audience = tokenEndpoints.find((one) => aud.includes(one)) ?? first;
		const rules = { now: o.now, audience, issuer: credential.account };
		return verify(text, secretTexts(credential, o), rules);
	});
}

/** @throws CoreError ERR_SECRET_UNREADABLE */
export async function issueAccessToken(
	credential: Credential,
	o: Opened,
): Promise<{ readonly token: string; readonly expiresInSeconds: number }> {
	const [secret = ''] = secretTexts(credential, o);
	const headers = await jwt.sign?.(
		{ method: 'POST', url: '', body: new Uint8Array(), now: o.now },
		{
			kind: 'jwt',
			secrets: [derived(secret)],
			header: HEADER,
			prefix: '',
			keyId: credential.id,
			audience: AUDIENCE,
			subject: credential.account,
			expiresInSeconds: ACCESS_TOKEN_SECONDS,
		},
	);
	return { token: headers?.[HEADER] ?? '', expiresInSeconds: ACCESS_TOKEN_SECONDS };
}

function claimed(text: string, verifyBy: ClaimedToken['verify']): ClaimedToken | undefined {
	try {
		const { keyId } = parseToken(text);
		return keyId === undefined ? undefined : { keyId, verify: verifyBy };
	} catch (error) {
		if (error instanceof SignatureError) return undefined;
		throw error;
	}
}

/** Of what is sealed; a digest signs nothing. */
function secretTexts(credential: Credential, { secrets, now }: Opened): string[] {
	return secretsAt(credential, now)
		.filter(({ kept }) => kept.kind === 'sealed')
		.map((one) => openSecret(credential.id, one, secrets));
}

async function verify(
	text: string,
	secrets: readonly string[],
	rules: { readonly now: number; readonly audience: string; readonly issuer?: string },
): Promise<void> {
	const { now, audience, issuer = '' } = rules;
	const { iat, exp } = parseToken(text).claims;
	if (iat === undefined || exp === undefined || exp - iat > ACCESS_TOKEN_SECONDS) {
		throw refusedCredential('lasts_too_long');
	}
	const request = {
		method: 'POST',
		headers: { [HEADER]: [text] },
		body: new Uint8Array(),
		now,
	};
	try {
		await jwt.verify(request, {
			kind: 'jwt',
			secrets,
			header: HEADER,
			prefix: '',
			audience,
			issuer,
		});
	} catch (error) {
		if (!(error instanceof SignatureError) && !(error instanceof ConfigError)) throw error;
		throw refusedCredential(String(error.details['reason'] ?? error.code));
	}
}

/** So that an assertion is no access token, nor the other way round. */
function derived(secret: string): string {
	return createHmac('sha256', secret).update('sluice access token').digest('base64url');
}
