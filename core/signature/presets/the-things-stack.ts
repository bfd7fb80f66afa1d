import type { Preset } from './preset';

/** Signs nothing; a header of the webhook has the key. What an event is, is told by the name of its own part of the body. */
export const theThingsStack: Preset = {
	id: 'the-things-stack',
	name: 'The Things Stack',
	ways: [
		{ scheme: { kind: 'bearer' }, verified: false, secretName: 'Additional header Authorization' },
	],
	source: 'https://www.thethingsindustries.com/docs/integrations/webhooks/',
};
