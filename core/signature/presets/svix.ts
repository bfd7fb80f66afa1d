import type { Preset } from './preset';

/** Standard Webhooks under names of its own; many services send by it. Their bodies need not have a type, though most do. */
export const svix: Preset = {
	id: 'svix',
	name: 'Svix',
	ways: [
		{
			scheme: { kind: 'standard-webhooks', headerPrefix: 'svix' },
			verified: true,
			secretName: 'Signing Secret',
		},
	],
	type: { path: 'type' },
	eventId: { header: 'svix-id' },
	source: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
};
