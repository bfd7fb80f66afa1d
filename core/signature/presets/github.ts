import type { Preset } from './preset';

/** The SHA-1 of X-Hub-Signature is sent beside it, and not enough. A redelivery by hand has the id of its first delivery. */
export const github: Preset = {
	id: 'github',
	name: 'GitHub',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=' },
			verified: true,
			secretName: 'Secret',
		},
	],
	type: { header: 'X-GitHub-Event' },
	eventId: { header: 'X-GitHub-Delivery' },
	source: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
};
