import type { Preset } from './preset';

/** A signing token signs as Standard Webhooks do; older versions have a secret token alone, which they show. */
export const gitlab: Preset = {
	id: 'gitlab',
	name: 'GitLab',
	ways: [
		{ scheme: { kind: 'standard-webhooks' }, verified: false, secretName: 'Signing token' },
		{
			scheme: { kind: 'header-key', header: 'X-Gitlab-Token' },
			verified: false,
			secretName: 'Secret token',
		},
	],
	type: { header: 'X-Gitlab-Event' },
	// The same in all attempts, since 17.4; webhook-id repeats it.
	eventId: { header: 'Idempotency-Key' },
	source: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
};
