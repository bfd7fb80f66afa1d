import type { Preset } from './preset';

/** A Data Connector (D8, D17 to D33). */
export const disruptive: Preset = {
	id: 'disruptive-technologies',
	name: 'Disruptive Technologies',
	ways: [{ scheme: { kind: 'body-jwt' }, verified: true, secretName: 'Signature Secret' }],
	type: { path: 'event.eventType' },
	eventId: { path: 'event.eventId' },
	keepsLatest: true,
	source: 'https://docs.developer.disruptive-technologies.com/data-connectors/receiving-events',
};
