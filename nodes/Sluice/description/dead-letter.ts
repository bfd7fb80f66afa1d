import type { INodeProperties } from 'n8n-workflow';
import { PAGE } from '../../../core/index';
import { chooseBuffer } from './choose-buffer';
import { confirmLoss } from './confirm-loss';

const show = (operation: string[], more: Record<string, string[]> = {}) => ({
	show: { resource: ['deadLetter'], operation, ...more },
});

export const deadLetterDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['deadLetter'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many dead letters',
				description: 'Show batches that were given up, with their error and first records',
			},
			{
				name: 'Purge',
				value: 'purge',
				action: 'Purge dead letters',
				description: 'Remove given up batches for good',
			},
			{
				name: 'Replay',
				value: 'replay',
				action: 'Replay dead letters',
				description: 'Deliver given up batches again, from the first attempt',
			},
		],
		default: 'getAll',
	},
	{
		displayName: 'Dead Letters',
		name: 'which',
		type: 'options',
		noDataExpression: true,
		displayOptions: show(['replay', 'purge']),
		options: [
			{ name: 'All of a Buffer', value: 'buffer' },
			{ name: 'One', value: 'one' },
		],
		default: 'one',
		description: 'Which of them',
	},
	{
		displayName: 'Batch ID',
		name: 'batchId',
		type: 'string',
		displayOptions: show(['replay', 'purge'], { which: ['one'] }),
		default: '',
		required: true,
		description: 'As Get Many gives it',
	},
	chooseBuffer({
		displayOptions: show(['replay', 'purge'], { which: ['buffer'] }),
		search: 'searchBuffers',
		description: 'The buffer whose dead letters are meant',
	}),
	chooseBuffer({
		displayOptions: show(['getAll']),
		search: 'searchBuffers',
		required: false,
		description: 'Without one those of all buffers are listed',
	}),
	{
		displayName: 'Put Aside Since',
		name: 'since',
		type: 'dateTime',
		displayOptions: show(['replay'], { which: ['buffer'] }),
		default: '',
		description: 'Leaves older ones where they are; empty for all',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: PAGE.min, maxValue: PAGE.max },
		displayOptions: show(['getAll']),
		default: PAGE.fallback,
		description: 'Max number of results to return',
	},
	...confirmLoss({ resource: ['deadLetter'], operation: ['purge'], which: ['buffer'] }),
];
