import type { Preset } from './preset';

/** Says whose files have changed, and not which. It has neither type nor id. */
export const dropbox: Preset = {
	id: 'dropbox',
	name: 'Dropbox',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-Dropbox-Signature' },
			verified: false,
			secretName: 'App secret',
		},
	],
	handshake: 'dropbox',
	source: 'https://www.dropbox.com/developers/reference/webhooks',
};
