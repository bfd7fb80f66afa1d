import type { Preset } from './preset';

/** The Events API. Its own type, `event_callback`, is around the type of the event. Interactions fail where the answer has a body of ours. */
export const slack: Preset = {
	id: 'slack',
	name: 'Slack',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'X-Slack-Signature',
				prefix: 'v0=',
				content: 'v0:{timestamp}:{body}',
				timestampHeader: 'X-Slack-Request-Timestamp',
			},
			verified: true,
			secretName: 'Signing Secret',
		},
	],
	type: { path: 'event.type' },
	eventId: { path: 'event_id' },
	handshake: 'slack',
	answer: { body: 'empty' },
	source: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
};
