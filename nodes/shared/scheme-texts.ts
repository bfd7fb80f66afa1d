/** What n8n calls the schemes of core/signature/schemes and their fields. A scheme or field more: its texts here (a test names them). */
export const SCHEME_TEXTS: Readonly<
	Record<
		string,
		{
			readonly name: string;
			readonly description: string;
			/** Shown while a receiver accepts by it. */
			readonly notice?: string;
			readonly fields?: Readonly<
				Record<string, { readonly name: string; readonly description: string }>
			>;
		}
	>
> = {
	'url-secret': {
		name: 'Secret in the URL',
		description: 'The webhook ID in the path is the secret',
	},
	'body-jwt': {
		name: 'Signed (JWT with Body Checksum)',
		description: 'A JWT with a checksum of the body; needs the signature credential',
		notice:
			"The node's signature credential holds the secret. A push without a valid signature is answered 401 and not stored.",
		fields: {
			header: { name: 'Header', description: 'Header that carries the token' },
			leewaySeconds: {
				name: 'Leeway (Seconds)',
				description: "How far the sender's clock may be off",
			},
			allowSha1: {
				name: 'Allow SHA-1 Checksum',
				description:
					'Whether to accept the SHA-1 checksum of old senders whose tokens have no SHA-256',
			},
			claim: {
				name: 'Checksum Claim',
				description: 'The claim of the token that holds the SHA-256 of the body',
			},
			algs: { name: 'Algorithms', description: 'Tokens that are signed otherwise are refused' },
			alg: { name: 'Algorithm', description: 'How the token is signed' },
			expiresInSeconds: {
				name: 'Expires In (Seconds)',
				description: 'How long the token is valid',
			},
		},
	},
	none: {
		name: 'None',
		description:
			'Anyone who knows the URL can push; it differs from a secret in the URL only on the own port',
		notice: 'Every push that reaches the own port is stored, whoever sends it.',
	},
};
