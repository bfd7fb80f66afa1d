import { issueAccessToken, readAssertion } from './access-token';
import type { AccessPorts } from './change-access';
import { refusedCredential } from './credential-ways';
import { findKnown, requireCurrent } from './known-credential';

/**
 * An access token for who signs with a key (D83, D84).
 *
 * @param o.tokenEndpoints the URLs that the assertion may be for
 * @throws CoreError ERR_CREDENTIAL_REFUSED whatever is wrong with it; ERR_SECRET_KEY, ERR_SECRET_UNREADABLE
 */
export async function signIn(
	{ documents, secrets }: AccessPorts,
	assertion: string,
	{ tokenEndpoints, now }: { readonly tokenEndpoints: readonly string[]; readonly now: number },
): Promise<{ readonly token: string; readonly expiresInSeconds: number }> {
	const claimed = readAssertion(assertion, { tokenEndpoints });
	if (!claimed) throw refusedCredential('malformed');
	const { credential } = await findKnown(documents, claimed.keyId, 'key');
	await claimed.verify(credential, { secrets, now });
	requireCurrent(credential, now);
	return issueAccessToken(credential, { secrets, now });
}
