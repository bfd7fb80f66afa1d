import type { Preset } from './preset';

/** The secret comes with the answer to the request that creates the webhook. A request has a list of events, which may be empty. */
export const asana: Preset = {
	id: 'asana',
	name: 'Asana',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-Hook-Signature' },
			verified: false,
			secretName: 'X-Hook-Secret',
		},
	],
	handshake: 'asana',
	source: 'https://developers.asana.com/docs/webhooks-guide',
};
