import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { ALERT_KINDS, RETRY, type AlertKind } from '../../../core/index';
import { TOLD } from '../start-on';

/** What a Trigger asks that starts on alerts, or on results of deliveries; it holds no buffer that others fill. */

const KINDS: Readonly<Record<AlertKind, Omit<INodePropertyOptions, 'value'>>> = {
	inactive: {
		name: 'Silent Sender',
		description: 'A Trigger got no event for longer than it was told',
	},
	activeAgain: { name: 'Sender Is Back', description: 'It gets events again' },
	failing: { name: 'Failing', description: 'Deliveries of a buffer fail; its rows are kept' },
	recovered: { name: 'Recovered', description: 'Deliveries work again' },
	willBeDisabled: {
		name: 'Will Be Paused',
		description: 'Half, 70 or 90 percent of the time are over after which it is given up',
	},
	disabled: { name: 'Paused by Itself', description: 'The destination was given up' },
	deadLetter: { name: 'Dead Letters Added', description: 'Rows were put aside' },
	queueGrowing: { name: 'Rows Wait Too Long', description: 'The oldest row waits for too long' },
	storeNearlyFull: {
		name: 'Store Nearly Full',
		description: 'Little space is left where events are kept',
	},
	storeDegraded: { name: 'Store in Trouble', description: 'The store warns, or does not answer' },
};

export const toldParameters: INodeProperties[] = [
	{
		displayName:
			'Starts once the workflow is published. While you build it: click "Execute step", then POST anything to the test URL for an example.',
		name: 'toldNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { startOn: [...TOLD] } },
	},
	{
		displayName: 'Tell Of',
		name: 'alertKinds',
		type: 'multiOptions',
		default: [],
		noDataExpression: true,
		displayOptions: { show: { startOn: ['alerts'] } },
		options: ALERT_KINDS.map((value) => ({ value, ...KINDS[value] })),
		description: 'Where none is chosen, all of them. Each is told once for as long as it lasts.',
	},
	{
		displayName: 'Only Failures',
		name: 'failedOnly',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		displayOptions: { show: { startOn: ['deliveryResults'] } },
		description:
			'Whether to leave out deliveries of which the whole batch was taken. With them there is an execution for each batch of every buffer.',
	},
];

export const toldOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	noDataExpression: true,
	displayOptions: { show: { startOn: [...TOLD] } },
	options: [
		{
			displayName: 'Only of Buffers',
			name: 'buffers',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Buffer' },
			default: [],
			placeholder: 'e.g. events',
			noDataExpression: true,
			description:
				'Names, as the Sluice node takes them. What is about a sender or the store is told all the same.',
		},
		{
			displayName: 'Retry After',
			name: 'retryDelays',
			type: 'string',
			default: RETRY.delays,
			noDataExpression: true,
			displayOptions: { show: { '/startOn': ['alerts'] } },
			description:
				'Pauses before an execution that failed is started again with the same alerts; after the last one they are a dead letter',
		},
		{
			displayName: 'With the Text of the Endpoint',
			name: 'withText',
			type: 'boolean',
			default: false,
			noDataExpression: true,
			description: 'Whether to tell what the endpoint wrote. It may hold anything.',
		},
	],
};
