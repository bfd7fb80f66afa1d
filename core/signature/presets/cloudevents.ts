import type { Preset } from './preset';

/** Any sender by the webhook specification of CloudEvents: a token in Authorization, or where a sender cannot, as a parameter. */
export const cloudEventsSender: Preset = {
	id: 'cloudevents',
	name: 'CloudEvents Webhook',
	ways: [
		{ scheme: { kind: 'bearer' }, verified: false, secretName: 'Bearer token' },
		{
			scheme: { kind: 'query-key', parameter: 'access_token' },
			verified: false,
			secretName: 'access_token',
		},
	],
	split: 'cloudevents',
	handshake: 'cloudevents',
	source: 'https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md',
};
