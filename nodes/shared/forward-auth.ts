/**
 * The ways by which an endpoint lets requests in, each with the credential of n8n that holds what it needs: whoever has one for the HTTP
 * Request node uses it here. For a way more: core/sink/http/auth, and its entry here.
 */
import {
	assertCredentialAllowsUrl,
	assertUrlAllowed,
	getCredentialOwnRequestAllowedDomains,
	type ICredentialDataDecryptedObject,
	type INode,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	AUTH_KINDS,
	checkChoice,
	ConfigError,
	type AuthConfig,
	type SecretRef,
} from '../../core/index';
import { readCredential, type CredentialContext } from './credentials';

type Kind = AuthConfig['kind'];
type Fields = ICredentialDataDecryptedObject;
/** Puts a secret aside and gives what stands in its place. */
type Keep = (name: string, secret: string) => SecretRef;

interface Way {
	/** Name of the credential's type, and what n8n calls it. */
	readonly type: string;
	readonly shown: string;
	readonly description: string;
	/** @param at where a field of the credential stands, for messages and references */
	read(fields: Fields, keep: Keep, at: (field: string) => string): AuthConfig;
}

const WAYS: { readonly [One in Kind]: Way } = {
	header: {
		type: 'httpHeaderAuth',
		shown: 'Header Auth',
		description: 'A header of any name, such as an API key',
		read: ({ name, value }, keep, at) => ({
			kind: 'header',
			name: textOf(name),
			value: keep(at('value'), textOf(value)),
		}),
	},
	bearer: {
		type: 'httpBearerAuth',
		shown: 'Bearer Auth',
		description: 'A token in the header Authorization',
		read: ({ token }, keep, at) => ({ kind: 'bearer', token: keep(at('token'), textOf(token)) }),
	},
	basic: {
		type: 'httpBasicAuth',
		shown: 'Basic Auth',
		description: 'User and password in the header Authorization',
		read: ({ user, password }, keep, at) => ({
			kind: 'basic',
			user: textOf(user),
			password: keep(at('password'), textOf(password)),
		}),
	},
	oauth2: {
		type: 'oAuth2Api',
		shown: 'OAuth2 API',
		description: 'A token that is fetched by client credentials, and renewed',
		read(fields, keep, at) {
			const { grantType, accessTokenUrl, clientId, clientSecret, scope, authentication } = fields;
			// The tokens of the other grants are n8n's: it renews them in requests of its own alone.
			if (grantType !== 'clientCredentials') {
				throw new ConfigError(at('grantType'), 'the grant type Client Credentials', grantType);
			}
			if (fields['sendAdditionalBodyProperties'] === true) {
				throw new ConfigError(
					at('sendAdditionalBodyProperties'),
					'to be off: the token is asked for without further properties',
				);
			}
			return {
				kind: 'oauth2',
				tokenUrl: textOf(accessTokenUrl).trim(),
				clientId: textOf(clientId),
				clientSecret: keep(at('clientSecret'), textOf(clientSecret)),
				...(scope ? { scope: textOf(scope) } : {}),
				clientAuth: authentication === 'body' ? 'body' : 'basic',
			};
		},
	},
};

/** The choice of a way, in the order of the alphabet as n8n wants it. */
export function authOptions(): INodePropertyOptions[] {
	return [
		{ name: 'None', value: 'none' },
		...AUTH_KINDS.map((kind) => {
			const { shown: name, description } = WAYS[kind];
			return { name, value: kind, description };
		}),
	].toSorted((a, b) => a.name.localeCompare(b.name));
}

/**
 * Entries of a node's `credentials`: n8n's own, each on its choice. A proxy may use the one with a user, so that hangs on a parameter
 * for both (credential-parameters.ts).
 */
export function authCredentials(): NonNullable<INodeTypeDescription['credentials']> {
	return AUTH_KINDS.map((kind) => ({
		name: WAYS[kind].type,
		displayName: kind === 'basic' ? WAYS.basic.shown : `${WAYS[kind].shown} to Forward With`,
		required: true,
		displayOptions: { show: kind === 'basic' ? { usesUser: ['yes'] } : { forwardAuth: [kind] } },
	}));
}

/** Where the fields of a way are, for messages. */
export function credentialPlace(kind: Kind): string {
	return `credentials.${WAYS[kind].type}`;
}

/** What the parameter `forwardAuth` says. @throws ConfigError for what is no choice: an expression would be read as "none" */
export function authKindOf(value: unknown): Kind | undefined {
	// Hidden parameters are absent.
	if (value === undefined || value === null || value === 'none') return undefined;
	return checkChoice(value, 'forwardAuth', AUTH_KINDS);
}

/**
 * Core's configuration of a way. What core checks is not checked here.
 *
 * @param o.url where the credential is sent to
 * @throws ConfigError for a credential that cannot be read, or may not be used for the URL
 */
export async function readAuth(
	context: CredentialContext,
	kind: Kind,
	o: { readonly url: string; readonly keep: Keep; readonly index?: number | undefined },
): Promise<AuthConfig> {
	const { type, shown, read } = WAYS[kind];
	const fields = await readCredential<Fields>(context, type, shown, o.index);
	const at = (field: string): string => `${credentialPlace(kind)}.${field}`;
	const auth = read(fields, o.keep, at);
	const path = at('allowedHttpRequestDomains');
	requireAllowed(path, () => {
		assertAllowed(context.getNode(), fields, o.url);
		const allowedDomains = getCredentialOwnRequestAllowedDomains(fields);
		if (auth.kind !== 'oauth2' || allowedDomains === undefined) return;
		assertUrlAllowed({ url: textOf(auth.tokenUrl), allowedDomains });
	});
	return auth;
}

/** A user and password for something else than the endpoint. @throws ConfigError as `readAuth` */
export async function readUser(
	context: CredentialContext,
	o: { readonly url: string; readonly index?: number | undefined },
): Promise<{ readonly user: string; readonly password: string }> {
	const { type, shown } = WAYS.basic;
	const fields = await readCredential<Fields>(context, type, shown, o.index);
	const [user, password] = [textOf(fields['user']), textOf(fields['password'])];
	if (user.trim() === '') throw new ConfigError(`${credentialPlace('basic')}.user`, 'a user');
	requireAllowedUrl(context.getNode(), type, { fields, url: o.url });
	return { user, password };
}

/** Whoever made the credential may have said where it goes. @param type of the credential @throws ConfigError */
export function requireAllowedUrl(
	node: INode,
	type: string,
	{ fields, url }: { readonly fields: Fields; readonly url: string },
): void {
	requireAllowed(`credentials.${type}.allowedHttpRequestDomains`, () =>
		assertAllowed(node, fields, url),
	);
}

/** What n8n keeps in its HTTP Request node is kept here. */
function requireAllowed(path: string, check: () => void): void {
	try {
		check();
	} catch (cause) {
		throw new ConfigError(path, 'to allow the domain of this URL', undefined, { cause });
	}
}

function assertAllowed(node: INode, credentialData: Fields, url: string): void {
	assertCredentialAllowsUrl({ node, credentialData, url, surface: 'Sluice' });
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
