import type { Preset } from './preset';

/** Signs its address and the sorted fields of the form; of a JSON body the address has the SHA-256. Any text in the answer is read as TwiML. */
export const twilio: Preset = {
	id: 'twilio',
	name: 'Twilio',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'X-Twilio-Signature',
				hash: 'sha1',
				encoding: 'base64',
				content: '{url}{form}',
			},
			verified: true,
			secretName: 'Auth Token',
		},
	],
	eventId: { header: 'I-Twilio-Idempotency-Token' },
	answer: { body: 'empty' },
	source: 'https://www.twilio.com/docs/usage/security',
};
