import type { INodeProperties } from 'n8n-workflow';

const CHOOSE =
	'Choose from the list, or specify a name or a full name, &lt;workflow ID&gt;:&lt;node ID&gt;/&lt;name&gt;, using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.';

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
				description:
					'Count what waits, is being delivered, waits for its next attempt, is dead and is done',
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
		displayName: 'Buffer Name or ID',
		name: 'buffer',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getBuffers' },
		displayOptions: show(['flush', 'retryNow']),
		default: '',
		required: true,
		description: `A buffer of a Sluice Trigger. ${CHOOSE}`,
	},
	{
		displayName: 'Buffer Name or ID',
		name: 'buffer',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getBuffersOrNone' },
		displayOptions: show(['listDeadLetters']),
		default: '',
		description: `Without one those of all buffers are listed. ${CHOOSE}`,
	},
	{
		displayName: 'Buffer Name or ID',
		name: 'buffer',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getBuffersOrNone' },
		displayOptions: show(['replayDeadLetters']),
		default: '',
		description: `All dead letters of this buffer are replayed, unless a batch ID is given. ${CHOOSE}`,
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
