import type { Preset } from './preset';

/**
 * Change notifications. Nothing of a request is signed: `clientState` stands in its body, which is read by whoever is let in. So the secret
 * is in the address, which the handshake then asks for, too. A request has a list of notifications.
 */
export const graph: Preset = {
	id: 'microsoft-graph',
	name: 'Microsoft Graph',
	ways: [{ scheme: { kind: 'url-secret' }, verified: false, secretName: 'notificationUrl' }],
	handshake: 'graph',
	source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
};
