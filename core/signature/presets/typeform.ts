import type { Preset } from './preset';

/** Base64 after a prefix that others write before hex. */
export const typeform: Preset = {
	id: 'typeform',
	name: 'Typeform',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'Typeform-Signature',
				prefix: 'sha256=',
				encoding: 'base64',
			},
			verified: false,
			secretName: 'Secret',
		},
	],
	type: { path: 'event_type' },
	eventId: { path: 'event_id' },
	source: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
};
