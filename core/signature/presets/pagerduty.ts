import type { Preset } from './preset';

/** Webhooks V3. Several signatures while a secret is changed. */
export const pagerDuty: Preset = {
	id: 'pagerduty',
	name: 'PagerDuty',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-PagerDuty-Signature', layout: 'list', prefix: 'v1=' },
			verified: true,
			secretName: 'Signing secret of the subscription',
		},
	],
	type: { path: 'event.event_type' },
	eventId: { path: 'event.id' },
	source: 'https://developer.pagerduty.com/docs/verifying-webhook-signatures',
};
