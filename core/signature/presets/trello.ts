import type { Preset } from './preset';

/** Signs the body and the address behind it, as it was given when the webhook was made. */
export const trello: Preset = {
	id: 'trello',
	name: 'Trello',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'X-Trello-Webhook',
				hash: 'sha1',
				encoding: 'base64',
				content: '{body}{url}',
			},
			verified: false,
			secretName: 'Secret of the application',
		},
	],
	type: { path: 'action.type' },
	eventId: { path: 'action.id' },
	handshake: 'trello',
	source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/',
};
