import type { Preset } from './preset';

/** A callback has a list of events, and a nonce that is not said to stay the same when it comes again. */
export const smartsheet: Preset = {
	id: 'smartsheet',
	name: 'Smartsheet',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'Smartsheet-Hmac-SHA256' },
			verified: false,
			secretName: 'sharedSecret',
		},
	],
	handshake: 'smartsheet',
	source: 'https://developers.smartsheet.com/api/smartsheet/guides/webhooks/webhook-callbacks',
};
