import type { Preset } from './preset';

/** Signs nothing; it shows a verify token once, when the subscription is made. So the secret is in the address. */
export const strava: Preset = {
	id: 'strava',
	name: 'Strava',
	ways: [{ scheme: { kind: 'url-secret' }, verified: false, secretName: 'callback_url' }],
	type: { path: 'object_type' },
	handshake: 'strava',
	source: 'https://developers.strava.com/docs/webhooks/',
};
