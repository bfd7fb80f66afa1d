import { SINK_KINDS, type SinkKindName } from '../../core/index';

/** What the editor says of each. */
const TEXTS: Readonly<Record<SinkKindName, { name: string; description: string }>> = {
	flow: {
		name: 'Start the Workflow',
		description:
			'One execution per batch; one that fails is retried with the same rows. One that waits (a Wait node) counts as done: what fails after the wait is not retried.',
	},
	http: {
		name: 'Forward to a URL',
		description:
			'Sends each batch, as a JSON list unless Request Options say otherwise. One that fails is retried; what the endpoint refuses (4xx), or fails to the last attempt, is a dead letter. Starts no execution.',
	},
	table: {
		name: 'Load Into Table',
		description:
			'Of SQLite or PostgreSQL: a batch is in the table as a whole, and once. Where the table is not as it should be, the buffer is paused and keeps everything. Starts no execution.',
	},
	files: {
		name: 'Write Files',
		description:
			'Into a directory, as NDJSON or CSV: a batch is done when it is on disk, and a file is there when it is complete. What the disk refuses is retried. Starts no execution.',
	},
	opendatasoft: {
		name: 'Push to Opendatasoft',
		description:
			'Adds records to a realtime dataset, in order. While push is disabled there, the buffer is paused and keeps everything. Starts no execution.',
	},
};

/** Options of *then*, in the order of core's list. */
export const SINK_OPTIONS = SINK_KINDS.map((value) => ({ value, ...TEXTS[value] }));
