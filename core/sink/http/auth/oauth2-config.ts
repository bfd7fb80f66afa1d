import type { SecretRef } from '../../secret-ref';

/** OAuth 2.0, client credentials (RFC 6749, 4.4). */
export interface OAuth2Auth {
	readonly kind: 'oauth2';
	/** Reached by the same rules as the endpoint itself. */
	readonly tokenUrl: string | SecretRef;
	readonly clientId: string | SecretRef;
	readonly clientSecret: SecretRef;
	/** Several are separated by blanks. */
	readonly scope?: string | undefined;
	/** For servers that ask for it (Auth0 and others). */
	readonly audience?: string | undefined;
	/** How the client authenticates: Basic (default, RFC 6749, 2.3.1), or within the body. */
	readonly clientAuth?: 'basic' | 'body' | undefined;
}
