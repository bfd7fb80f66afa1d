import type { Preset } from './preset';

/** Formerly Twitter: account activity. The same secret answers the challenge of every hour. */
export const x: Preset = {
	id: 'x',
	name: 'X (Twitter)',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'x-twitter-webhooks-signature',
				encoding: 'base64',
				prefix: 'sha256=',
			},
			verified: false,
			secretName: 'Consumer secret',
		},
	],
	handshake: 'x',
	source: 'https://docs.x.com/x-api/webhooks/quickstart',
};
