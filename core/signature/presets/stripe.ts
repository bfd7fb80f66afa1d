import type { Preset } from './preset';

/** The secret keeps its `whsec_` and is text. The header has a signature for each secret while one is rolled; `v0` is of tests. */
export const stripe: Preset = {
	id: 'stripe',
	name: 'Stripe',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'Stripe-Signature',
				layout: 'list',
				prefix: 'v1=',
				content: '{timestamp}.{body}',
			},
			verified: false,
			secretName: 'Signing secret',
		},
	],
	type: { path: 'type' },
	eventId: { path: 'id' },
	source: 'https://docs.stripe.com/webhooks',
};
