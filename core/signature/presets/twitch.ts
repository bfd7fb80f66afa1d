import type { Preset } from './preset';

/** EventSub. Signs id, time and body; what is older than 10 minutes is to be refused. */
export const twitch: Preset = {
	id: 'twitch',
	name: 'Twitch EventSub',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'Twitch-Eventsub-Message-Signature',
				prefix: 'sha256=',
				content: '{header:Twitch-Eventsub-Message-Id}{timestamp}{body}',
				timestampHeader: 'Twitch-Eventsub-Message-Timestamp',
				toleranceSeconds: 600,
			},
			verified: false,
			secretName: 'transport.secret',
		},
	],
	type: { header: 'Twitch-Eventsub-Subscription-Type' },
	eventId: { header: 'Twitch-Eventsub-Message-Id' },
	handshake: 'twitch',
	source: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events/',
};
