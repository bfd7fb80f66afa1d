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
	hmac: {
		name: 'Signed (HMAC)',
		description:
			'An HMAC of the body in a header, as GitHub, Stripe, Shopify and Slack send it; needs the signature credential',
		notice:
			"The node's signature credential holds the secret. A push without a valid signature is answered 401 and not stored.",
		fields: {
			header: { name: 'Header', description: 'Header that carries the signature' },
			hash: { name: 'Hash', description: 'Hash function of the HMAC' },
			encoding: { name: 'Encoding', description: 'How the signature is written' },
			layout: {
				name: 'Layout',
				description:
					'Single: the header is the signature. List: entries with commas between them, such as t=…,v1=….',
			},
			prefix: {
				name: 'Prefix',
				description: 'What stands before each signature, such as sha256= or v1=',
			},
			content: {
				name: 'Signed Content',
				description:
					'What is signed: {body}, {timestamp}, {url}, {method}, {form} and {header:Name} stand for parts of the request, such as {timestamp}.{body}',
			},
			timestampHeader: {
				name: 'Timestamp Header',
				description: 'Header with the signed timestamp; empty where an entry of the list has it',
			},
			timestampEntry: {
				name: 'Timestamp Entry',
				description: 'Name of the list entry with the timestamp',
			},
			toleranceSeconds: {
				name: 'Tolerance (Seconds)',
				description:
					'How far a signed timestamp may be off; older requests are refused, so that nobody sends a copy again',
			},
			secretEncoding: { name: 'Secret Encoding', description: 'How the sender gives the secret' },
			publicUrl: {
				name: 'Public URL',
				description: 'The address that the sender pushes to, needed where it signs the {url}',
			},
			allSignUntil: {
				name: 'All Secrets Sign Until',
				description:
					'A time such as 2027-01-31T12:00:00Z, after which the newest secret signs alone; empty: all of them sign, in a list only',
			},
		},
	},
	'standard-webhooks': {
		name: 'Signed (Standard Webhooks)',
		description:
			'Headers webhook-ID, webhook-timestamp and webhook-signature; needs the signature credential',
		notice:
			"The node's signature credential holds the secret (whsec_…, whpk_… for a public key). A push without a valid signature is answered 401 and not stored.",
		fields: {
			headerPrefix: {
				name: 'Header Prefix',
				description: 'What the three headers begin with: webhook, or svix',
			},
			toleranceSeconds: {
				name: 'Tolerance (Seconds)',
				description:
					'How far the timestamp may be off; older requests are refused, so that nobody sends a copy again',
			},
			allSignUntil: {
				name: 'All Secrets Sign Until',
				description:
					'A time such as 2027-01-31T12:00:00Z, after which the newest secret signs alone; empty: all of them sign',
			},
		},
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
	jwt: {
		name: 'JWT (Says Who Sends)',
		description:
			'A JWT in a header, by a shared secret or a pair of keys; it says nothing of the body; needs the signature credential',
		notice:
			"The node's signature credential holds the secret or the public key. A push without a valid token is answered 401 and not stored.",
		fields: {
			header: { name: 'Header', description: 'Header that carries the token' },
			prefix: { name: 'Prefix', description: 'What stands before the token in the header' },
			algs: {
				name: 'Algorithms',
				description:
					'HS… by a secret text; the others by a public key or certificate in PEM as the secret',
			},
			alg: {
				name: 'Algorithm',
				description: 'HS… with a secret text; the others with a private key in PEM as the secret',
			},
			issuer: { name: 'Issuer', description: 'The claim iss; empty: any, or none' },
			audience: { name: 'Audience', description: 'The claim aud; empty: any, or none' },
			subject: { name: 'Subject', description: 'The claim sub; empty: any, or none' },
			leewaySeconds: {
				name: 'Leeway (Seconds)',
				description: "How far the sender's clock may be off",
			},
			requireExpiry: {
				name: 'Require Expiry',
				description: 'Whether to refuse tokens that never expire',
			},
			singleUse: {
				name: 'Single Use',
				description:
					'Whether each token is for one request, so that another one with it is a duplicate',
			},
			expiresInSeconds: {
				name: 'Expires In (Seconds)',
				description: 'How long the token is valid',
			},
			keyId: {
				name: 'Key ID',
				description: 'Named in the header of the token, as kid; may be empty',
			},
			claims: {
				name: 'More Claims',
				description: 'A JSON object, such as {"scope":"push"}; may be empty',
			},
		},
	},
	jwks: {
		name: 'JWT by Published Keys (JWKS)',
		description:
			'A JWT in a header, by the keys that its issuer publishes at a URL, as identity providers do; it says nothing of the body',
		notice:
			'A push without a valid token is answered 401 and not stored. While the keys cannot be fetched and none are known, it is answered 503.',
		fields: {
			url: {
				name: 'Key Set URL',
				description: 'Where the issuer publishes its keys (jwks_uri), https',
			},
			header: { name: 'Header', description: 'Header that carries the token' },
			prefix: { name: 'Prefix', description: 'What stands before the token in the header' },
			algs: { name: 'Algorithms', description: 'Others are refused' },
			issuer: {
				name: 'Issuer',
				description: 'The claim iss; this or the audience has to be given',
			},
			audience: {
				name: 'Audience',
				description: 'The claim aud: for whom the token is; this or the issuer has to be given',
			},
			subject: { name: 'Subject', description: 'The claim sub; empty: any, or none' },
			leewaySeconds: {
				name: 'Leeway (Seconds)',
				description: "How far the sender's clock may be off",
			},
			requireExpiry: {
				name: 'Require Expiry',
				description: 'Whether to refuse tokens that never expire',
			},
			singleUse: {
				name: 'Single Use',
				description:
					'Whether each token is for one request, so that another one with it is a duplicate',
			},
			maxAgeSeconds: {
				name: 'Keys Go On for (Seconds)',
				description: 'How long known keys count while they cannot be fetched anew',
			},
		},
	},
	'header-key': {
		name: 'Key in a Header',
		description: 'A header holds the secret itself; needs the signature credential',
		notice:
			"The node's signature credential holds the key. A push without it is answered 401 and not stored.",
		fields: {
			header: { name: 'Header', description: 'Header that carries the key' },
			prefix: {
				name: 'Prefix',
				description: 'What stands before the key, such as Apikey and a blank',
			},
		},
	},
	bearer: {
		name: 'Bearer Token',
		description:
			'The header Authorization holds the word Bearer and the secret; needs the signature credential',
		notice:
			"The node's signature credential holds the token. A push without it is answered 401 and not stored.",
	},
	basic: {
		name: 'User and Password',
		description: 'Basic authentication; the password is in the signature credential',
		notice:
			"The node's signature credential holds the password. A push without it is answered 401 and not stored.",
		fields: {
			user: { name: 'User', description: 'Name of the user' },
		},
	},
	'query-key': {
		name: 'Key in the Query',
		description:
			'A parameter of the URL holds the secret, which proxies may log; needs the signature credential',
		notice:
			"The node's signature credential holds the key. A push without it is answered 401 and not stored.",
		fields: {
			parameter: { name: 'Parameter', description: 'Name of the query parameter' },
		},
	},
	sns: {
		name: 'Amazon SNS',
		description:
			'Messages of Amazon SNS, signed by its certificate; choose the handshake of SNS as well',
		notice:
			'Name the topics below: SNS signs for everybody who has one. A message of another topic, or with raw message delivery, is answered 401 and not stored.',
		fields: {
			topics: {
				name: 'Topics',
				description:
					'ARNs of the topics that may push, such as arn:aws:sns:eu-west-1:123456789012:name, with commas between them',
			},
			versions: {
				name: 'Signature Versions',
				description: '1 is of a SHA-1, 2 of a SHA-256',
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
