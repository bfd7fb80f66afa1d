import type { Preset } from './preset';

/** Every sender that keeps to the specification 1.0; v1 and v1a. */
export const standardWebhooksSender: Preset = {
	id: 'standard-webhooks',
	name: 'Standard Webhooks',
	ways: [{ scheme: { kind: 'standard-webhooks' }, verified: true, secretName: 'Signing secret' }],
	type: { path: 'type' },
	eventId: { header: 'webhook-id' },
	source:
		'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
};
