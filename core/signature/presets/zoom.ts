import type { Preset } from './preset';

/** Events have no id of their own. */
export const zoom: Preset = {
	id: 'zoom',
	name: 'Zoom',
	ways: [
		{
			scheme: {
				kind: 'hmac',
				header: 'x-zm-signature',
				prefix: 'v0=',
				content: 'v0:{timestamp}:{body}',
				timestampHeader: 'x-zm-request-timestamp',
			},
			verified: false,
			secretName: 'Secret Token',
		},
	],
	type: { path: 'event' },
	handshake: 'zoom',
	source: 'https://developers.zoom.us/docs/api/webhooks/',
};
