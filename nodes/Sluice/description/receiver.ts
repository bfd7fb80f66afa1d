import type { INodeProperties } from 'n8n-workflow';
import { RECENT_REQUESTS } from '../../../core/index';
import { testEvent } from './test-event';

const show = (operation: string[]) => ({ show: { resource: ['receiver'], operation } });

export const receiverDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['receiver'] } },
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a receiver',
				description:
					'Show what was taken and refused, when each secret was used last, and a command that pushes by each way',
			},
			{
				name: 'Get Requests',
				value: 'getRequests',
				action: 'Get requests to a receiver',
				description:
					'An item for each of the last 50 requests, the newest first: who sent it, and why it was refused',
			},
			{
				name: 'Renew URL Secret',
				value: 'renewUrlSecret',
				action: 'Renew the URL secret of a receiver',
				description: 'Show a new push URL this once; the former one goes on for a day',
			},
			{
				name: 'Send Test Event',
				value: 'sendTestEvent',
				action: 'Send a test event into a receiver',
				description:
					'Push one event, signed with its own secret; it is stored and delivered like any other',
			},
		],
		default: 'getRequests',
	},
	{
		displayName: 'Receiver',
		name: 'receiver',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		displayOptions: show(['get', 'getRequests', 'renewUrlSecret', 'sendTestEvent']),
		description:
			'The Sluice Trigger that takes the pushes; only the process that takes them knows of its requests',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a receiver…',
				typeOptions: { searchListMethod: 'searchReceivers', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. wf1:node1',
				hint: '&lt;workflow ID&gt;:&lt;node ID&gt;',
			},
		],
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: RECENT_REQUESTS.max },
		displayOptions: show(['getRequests']),
		default: RECENT_REQUESTS.max,
		description: 'Max number of results to return',
	},
	...testEvent(
		{ resource: ['receiver'], operation: ['sendTestEvent'] },
		'It is signed as the sender signs, with the secret that the workflow was published with, and taken like any other: stored, counted and delivered, with a header sluice-test. Where only the sender can sign, nothing is sent.',
	),
];
