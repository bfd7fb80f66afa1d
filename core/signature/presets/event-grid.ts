import type { Preset } from './preset';

const SOURCE = 'https://learn.microsoft.com/azure/event-grid/secure-webhook-delivery';

/** The Event Grid schema: a list of events. A secret in the address is its own way for endpoints that no Entra application stands for. */
export const eventGrid: Preset = {
	id: 'event-grid',
	name: 'Azure Event Grid',
	ways: [{ scheme: { kind: 'url-secret' }, verified: false, secretName: 'Endpoint URL' }],
	type: { path: 'eventType' },
	eventId: { path: 'id' },
	split: 'array',
	handshake: 'event-grid',
	source: SOURCE,
};

/** The CloudEvents schema: type, source and id are where CloudEvents have them. */
export const eventGridCloudEvents: Preset = {
	id: 'event-grid-cloudevents',
	name: 'Azure Event Grid (CloudEvents)',
	ways: [{ scheme: { kind: 'url-secret' }, verified: false, secretName: 'Endpoint URL' }],
	split: 'cloudevents',
	handshake: 'event-grid',
	source: SOURCE,
};
