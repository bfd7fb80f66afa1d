import type { Preset } from './preset';

/**
 * It tries the address by requests of which some are signed wrongly: those want a 401, all answers an empty body. The ones that are signed
 * are events without anything in them.
 */
export const xero: Preset = {
	id: 'xero',
	name: 'Xero',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'x-xero-signature', encoding: 'base64' },
			verified: false,
			secretName: 'Webhooks key',
		},
	],
	answer: { body: 'empty' },
	source: 'https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/',
};
