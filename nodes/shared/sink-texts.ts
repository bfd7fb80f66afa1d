import type { INodePropertyOptions } from 'n8n-workflow';
import { SINK_KINDS, type SinkKindName } from '../../core/index';

/** What the editor says of each kind of destination that a buffer of the Trigger can have. */
const TEXTS: Readonly<Partial<Record<SinkKindName, Omit<INodePropertyOptions, 'value'>>>> = {
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
};

/** Options of *then*, in the order of core's list. */
export const SINK_OPTIONS = SINK_KINDS.flatMap((value) => {
	const texts = TEXTS[value];
	return texts ? [{ value, ...texts }] : [];
});
