import type { Preset } from './preset';

/**
 * WhatsApp, Messenger, Instagram and pages. What it signs is the body as it is sent, in which characters beyond ASCII are escaped. A request
 * may have many changes, so that none of its ids is that of the request.
 */
export const meta: Preset = {
	id: 'meta',
	name: 'Meta (WhatsApp, Facebook, Instagram)',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=' },
			verified: false,
			secretName: 'App secret',
		},
	],
	type: { path: 'object' },
	handshake: 'meta',
	source: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
};
