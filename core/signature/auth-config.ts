/** One way in which the sender of a push proves who it is. To add one: a kind here, its check in `authenticate.ts`, and in which headers its secret travels (below). */
export type AuthConfig =
	| { readonly kind: 'none' }
	/** The last segment of the URL's path is the secret. */
	| { readonly kind: 'url'; readonly secrets: readonly string[] }
	/** A JWT that carries a checksum of the raw body (D17–D28). */
	| {
			readonly kind: 'jwt';
			readonly secrets: readonly string[];
			/** Name of the header, any case; default `X-Dt-Signature`. */
			readonly header?: string;
			readonly algs?: readonly string[];
			/** Applies to exp and iat; 0 … 3,600, default 60 (D27). */
			readonly leewaySeconds?: number;
			/** Accept the SHA-1 `checksum` of a token without `checksum_sha256`; default false (D22). */
			readonly allowSha1?: boolean;
	  };

/** The headers in which a sender shows the secret itself, lower case: they are no part of the event. A signature is no secret. */
export function secretHeadersOf(way: AuthConfig): readonly string[] {
	switch (way.kind) {
		case 'none':
		case 'url':
		case 'jwt':
			return [];
	}
}

/** The secrets that may stand in the path of a request. */
export function urlSecretsOf(way: AuthConfig): readonly string[] {
	return way.kind === 'url' ? way.secrets : [];
}
