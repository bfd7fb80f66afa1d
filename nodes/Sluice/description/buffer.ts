import type { INodeProperties } from 'n8n-workflow';
import { PAGE } from '../../../core/index';
import { chooseBuffer } from './choose-buffer';
import { confirmLoss } from './confirm-loss';
import { dryRunParameters } from './dry-run';
import { replayKeptParameters } from './replay-kept';
import { testEvent } from './test-event';

const show = (operation: string[], more: Record<string, (string | boolean)[]> = {}) => ({
	show: { resource: ['buffer'], operation, ...more },
});

export const bufferDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['buffer'] } },
		// What loses nothing stands first.
		options: [
			{
				name: 'Add Items',
				value: 'add',
				action: 'Add items to a buffer',
				description: 'Keep items on disk until the Sluice Trigger of the buffer delivers them',
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get a buffer',
				description: 'Count what waits, is being delivered, comes again, is dead and is done',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many buffers',
				description: 'An item for each buffer of the store, also of those whose workflow is gone',
			},
			{
				name: 'Get Metrics',
				value: 'getMetrics',
				action: 'Get the metrics of a buffer',
				description:
					'Requests of the last three hours: taken and failed ones, how long they took, and what waits',
			},
			{
				name: 'Flush',
				value: 'flush',
				action: 'Flush a buffer',
				description: 'Deliver what waits in a buffer now',
			},
			{
				name: 'Retry Now',
				value: 'retryNow',
				action: 'Retry failed batches of a buffer now',
				description: 'Deliver batches now that wait for their next attempt',
			},
			{
				name: 'Synchronize',
				value: 'synchronize',
				action: 'Synchronize a buffer',
				description:
					'Deliver the latest event of each type of each device, which the receiver keeps where it is told to',
			},
			{
				name: 'Peek',
				value: 'peek',
				action: 'Peek into a buffer',
				description: 'Show the oldest waiting rows and leave them',
			},
			{
				name: 'Send Test Event',
				value: 'sendTestEvent',
				action: 'Send a test event to the URL of a buffer',
				description: 'Show what a buffer that is forwarded sends, and what its URL answers',
			},
			{
				name: 'Dry Run',
				value: 'dryRun',
				action: 'Try a changed mapping of a buffer',
				description:
					'Show column by column what other columns would make of events, and change nothing',
			},
			{
				name: 'Replay Kept',
				value: 'replayKept',
				action: 'Replay kept events into a buffer',
				description:
					'Give a buffer events once more that it keeps after they were delivered, by the mapping of now',
			},
			{
				name: 'Pause',
				value: 'pause',
				action: 'Pause a buffer',
				description: 'Keep what waits and what comes until it is resumed',
			},
			{
				name: 'Resume',
				value: 'resume',
				action: 'Resume a paused buffer',
				description: 'Deliver again what waits',
			},
			{
				name: 'Disable',
				value: 'disable',
				action: 'Disable a buffer and drop its rows',
				description: 'Drop what waits and what comes; Pause is what keeps them',
			},
			{
				name: 'Enable',
				value: 'enable',
				action: 'Enable a disabled buffer',
				description: 'Take and deliver again what comes',
			},
			{
				name: 'Purge',
				value: 'purge',
				action: 'Purge a buffer',
				description: 'Remove what waits, the dead letters, or both',
			},
		],
		default: 'add',
	},
	chooseBuffer({
		displayOptions: show(['add']),
		search: 'searchItemBuffers',
		description:
			'A buffer of a published Sluice Trigger on Items Added by Workflows. Items for one buffer are added together or not at all.',
	}),
	chooseBuffer({
		displayOptions: show([
			'get',
			'getMetrics',
			'flush',
			'retryNow',
			'synchronize',
			'peek',
			'sendTestEvent',
			'dryRun',
			'replayKept',
			'pause',
			'resume',
			'disable',
			'enable',
			'purge',
		]),
		search: 'searchBuffers',
		description: 'A buffer of a Sluice Trigger',
	}),
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		displayOptions: show(['getAll']),
		default: true,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: PAGE.min, maxValue: PAGE.max },
		displayOptions: show(['getAll'], { returnAll: [false] }),
		default: PAGE.fallback,
		description: 'Max number of results to return',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: PAGE.min, maxValue: PAGE.max },
		displayOptions: show(['peek']),
		default: PAGE.fallback,
		description: 'Max number of results to return',
	},
	{
		displayName: 'Remove',
		name: 'what',
		type: 'options',
		noDataExpression: true,
		displayOptions: show(['purge']),
		options: [
			{ name: 'Everything', value: 'all' },
			{ name: 'Dead Letters', value: 'dead' },
			{
				name: 'Kept Events',
				value: 'kept',
				description: 'Those that are kept for replays, of all buffers of the receiver',
			},
			{ name: 'What Waits', value: 'waiting', description: 'Rows in batches that come again, too' },
		],
		default: 'waiting',
		description: 'What is removed for good',
	},
	...testEvent(
		{ resource: ['buffer'], operation: ['sendTestEvent'] },
		'It is sent now, with the URL, signature and credentials that the workflow was published with. Nothing is stored or counted.',
	),
	...dryRunParameters({ resource: ['buffer'], operation: ['dryRun'] }),
	...replayKeptParameters({ resource: ['buffer'], operation: ['replayKept'] }),
	...confirmLoss({ resource: ['buffer'], operation: ['disable', 'purge'] }),
];
