import type { INodeProperties } from 'n8n-workflow';
import { MAX_DELIVERIES } from '../../../core/index';
import { chooseBuffer } from './choose-buffer';

const displayOptions = { show: { resource: ['delivery'], operation: ['getAll'] } };

export const deliveryDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['delivery'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many deliveries',
				description: 'An item for each of the last 50 requests of a buffer, the newest first',
			},
		],
		default: 'getAll',
	},
	chooseBuffer({
		displayOptions,
		search: 'searchBuffers',
		description: 'The buffer whose deliveries are meant',
	}),
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_DELIVERIES },
		displayOptions,
		default: MAX_DELIVERIES,
		description: 'Max number of results to return',
	},
];
