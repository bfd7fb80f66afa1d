import type { INodeProperties } from 'n8n-workflow';

const show = (operation: string[]) => ({ show: { resource: ['operate'], operation } });

export const operateDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['operate'] } },
		options: [
			{
				name: 'Flush',
				value: 'flush',
				action: 'Flush a buffer',
				description: 'Deliver what waits in a buffer now',
			},
			{
				name: 'Get Status',
				value: 'status',
				action: 'Get the status of all buffers',
				description: 'Count what waits, is being delivered, failed and is done',
			},
			{
				name: 'List Dead Letters',
				value: 'listDeadLetters',
				action: 'List dead letters',
				description: 'Show batches that were given up, with their error and first records',
			},
			{
				name: 'Replay Dead Letters',
				value: 'replayDeadLetters',
				action: 'Replay dead letters',
				description: 'Deliver given up batches again, from the first attempt',
			},
			{
				name: 'Retry Now',
				value: 'retryNow',
				action: 'Retry failed batches now',
				description: 'Deliver batches now that wait for their next attempt',
			},
		],
		default: 'status',
	},
	{
		displayName: 'Buffer',
		name: 'buffer',
		type: 'string',
		displayOptions: show(['flush', 'retryNow']),
		default: '',
		required: true,
		placeholder: 'events',
		description: 'Name of a buffer, or its full name <workflow ID>:<node ID>/<name>',
	},
	{
		displayName: 'Buffer',
		name: 'buffer',
		type: 'string',
		displayOptions: show(['listDeadLetters']),
		default: '',
		placeholder: 'events',
		description: 'Name of a buffer, or its full name; empty lists those of all buffers',
	},
	{
		displayName: 'Buffer',
		name: 'buffer',
		type: 'string',
		displayOptions: show(['replayDeadLetters']),
		default: '',
		placeholder: 'events',
		description: 'All dead letters of this buffer are replayed, unless a batch ID is given',
	},
	{
		displayName: 'Batch ID',
		name: 'batchId',
		type: 'string',
		displayOptions: show(['replayDeadLetters']),
		default: '',
		description: 'Replays this dead letter alone',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1000 },
		displayOptions: show(['listDeadLetters']),
		default: 50,
		description: 'Max number of results to return',
	},
];
