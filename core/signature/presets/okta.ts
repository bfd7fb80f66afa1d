import type { Preset } from './preset';

/** Event hooks. Authentication field `Authorization`, and the secret as it is. Answers should be empty. */
export const okta: Preset = {
	id: 'okta',
	name: 'Okta',
	ways: [
		{
			scheme: { kind: 'header-key', header: 'Authorization' },
			verified: false,
			secretName: 'Authentication secret',
		},
	],
	type: { path: 'eventType' },
	eventId: { path: 'eventId' },
	handshake: 'okta',
	answer: { body: 'empty' },
	source: 'https://developer.okta.com/docs/concepts/event-hooks/',
};
