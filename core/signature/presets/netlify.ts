import type { Preset } from './preset';

/** A JWS with the SHA-256 of the body, without a time. The id in the body is that of the deploy, which has many events. */
export const netlify: Preset = {
	id: 'netlify',
	name: 'Netlify',
	ways: [
		{
			scheme: { kind: 'body-jwt', header: 'X-Webhook-Signature', claim: 'sha256' },
			verified: false,
			secretName: 'JWS secret token',
		},
	],
	type: { header: 'X-Netlify-Event' },
	source: 'https://docs.netlify.com/deploy/deploy-notifications/',
};
