import type { Preset } from './preset';

/** Signs its address and the body. */
export const square: Preset = {
	id: 'square',
	name: 'Square',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'x-square-hmacsha256-signature',
				encoding: 'base64',
				content: '{url}{body}',
			},
			verified: true,
			secretName: 'Signature key',
		},
	],
	type: { path: 'type' },
	eventId: { path: 'event_id' },
	source: 'https://developer.squareup.com/docs/webhooks/step3validate',
};
