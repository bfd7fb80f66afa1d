/** Where a dialect's clients show who they are. As data, since OpenAPI tells the same. */
import { CoreError } from '../../errors';
import type { Headers } from '../../event/event';

export type CredentialWay =
	/** `Authorization: <scheme> <text>`: `bearer` (RFC 6750), or a word of a dialect such as `apikey` (O43). */
	| { readonly kind: 'authorization'; readonly scheme: string }
	/** `Authorization: Basic`, id and secret of a key (RFC 7617, D82). */
	| { readonly kind: 'basic' }
	/** A header of its own, such as `x-storageapi-token` (K14); lower case. */
	| { readonly kind: 'header'; readonly name: string }
	/** A parameter of the query (O43). */
	| { readonly kind: 'query'; readonly name: string };

/** What was shown; nothing of it is checked yet. */
export interface ShownCredential {
	readonly way: CredentialWay['kind'];
	/** Of the key, where the way tells it apart from the secret. */
	readonly id?: string;
	readonly secret: string;
}

/** A longer one is none, and is not looked at. UTF-16 units; a JWT has some hundred. */
const MAX_LENGTH = 8_192;

/**
 * @param query as `requestQuery` gives it
 * @throws CoreError ERR_CREDENTIAL_MISSING; ERR_CREDENTIAL_REFUSED for several, which could mean two callers
 */
export function shownCredential(
	headers: Headers,
	query: Readonly<Record<string, readonly string[]>> | undefined,
	ways: readonly CredentialWay[],
): ShownCredential {
	const [shown, ...others] = ways.flatMap((way) => credentialsBy(way, headers, query));
	if (!shown) throw new CoreError('ERR_CREDENTIAL_MISSING', 'the request shows no credential');
	if (others.length > 0) throw refusedCredential('several');
	if (shown.secret.length > MAX_LENGTH) throw refusedCredential('too_long');
	return shown;
}

/** The one refusal of all that is wrong with a credential. @param reason for the log, never for the caller */
export function refusedCredential(reason: string): CoreError {
	return new CoreError('ERR_CREDENTIAL_REFUSED', 'the credential is not taken', {
		details: { reason },
	});
}

function credentialsBy(
	way: CredentialWay,
	headers: Headers,
	query: Readonly<Record<string, readonly string[]>> | undefined,
): ShownCredential[] {
	switch (way.kind) {
		case 'authorization':
			return schemesIn(headers, way.scheme).map((secret) => ({ way: way.kind, secret }));
		case 'basic':
			return schemesIn(headers, 'basic').map(pairOf);
		case 'header':
			return valuesOf(headers[way.name]).map((secret) => ({ way: way.kind, secret }));
		case 'query':
			return valuesOf(query?.[way.name]).map((secret) => ({ way: way.kind, secret }));
	}
}

function schemesIn(headers: Headers, wanted: string): string[] {
	return valuesOf(headers['authorization']).flatMap((value) => {
		const [, scheme = '', text = ''] = /^(\S+) +(\S+) *$/.exec(value) ?? [];
		return scheme.toLowerCase() === wanted ? [text] : [];
	});
}

function valuesOf(values: readonly string[] = []): readonly string[] {
	return values.filter((value) => value !== '');
}

function pairOf(encoded: string): ShownCredential {
	const text = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = text.indexOf(':');
	return {
		way: 'basic',
		id: text.slice(0, Math.max(0, colon)),
		secret: text.slice(colon + 1),
	};
}
