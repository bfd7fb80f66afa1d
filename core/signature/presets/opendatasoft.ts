import type { Preset } from './preset';

/**
 * A client that pushes to a realtime dataset of Opendatasoft (O5 to O12): the receiver is the dataset, and its schema that of the bootstrap
 * data. A record that is pushed again is a newer state of it (O18), so nothing is a duplicate.
 */
export const opendatasoft: Preset = {
	id: 'opendatasoft',
	name: 'Opendatasoft',
	ways: [
		{
			scheme: { kind: 'query-key', parameter: 'pushkey' },
			verified: false,
			secretName: 'push key',
		},
	],
	readBodyAs: 'json',
	split: 'array',
	maxBodyBytes: 5 * 1024 ** 2,
	schema: 'coerce',
	answer: { body: 'json', text: '{"status":"OK"}', refusals: 'status' },
	source:
		'https://help.opendatasoft.com/platform/en/publishing_data/03_scheduling_updates/scheduling_updates.html',
};
