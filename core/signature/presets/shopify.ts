import type { Preset } from './preset';

/** The event id of Shopify is not taken: events of several topics that one action caused share it. */
export const shopify: Preset = {
	id: 'shopify',
	name: 'Shopify',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-Shopify-Hmac-Sha256', encoding: 'base64' },
			verified: false,
			secretName: 'Client secret',
		},
	],
	type: { header: 'X-Shopify-Topic' },
	eventId: { header: 'X-Shopify-Webhook-Id' },
	source: 'https://shopify.dev/docs/apps/build/webhooks/subscribe/https',
};
