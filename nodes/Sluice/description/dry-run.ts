import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { PAGE } from '../../../core/index';
import { COLUMN_OPTIONS } from '../../shared/columns';
import { testEvent } from './test-event';

/** The mapping that is tried, and with which events. */
export function dryRunParameters(show: NonNullable<IDisplayOptions['show']>): INodeProperties[] {
	return [
		{
			displayName: 'Data',
			name: 'data',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show },
			options: [
				{ name: 'Columns (with Jsonnet)', value: 'columns' },
				{ name: 'Whole Event', value: 'event' },
			],
			default: 'columns',
			description: 'What rows of the buffer would be made of; its filter stays as it is',
		},
		{
			displayName: 'Columns',
			name: 'columns',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Column' },
			placeholder: 'Add Column',
			default: {},
			noDataExpression: true,
			displayOptions: { show: { ...show, data: ['columns'] } },
			options: COLUMN_OPTIONS,
		},
		...testEvent(
			show,
			'Those that are kept as they came: what waits of a buffer of whole events, dead letters that could not be mapped, the last event received, and the latest events of its receiver',
			{ kept: true },
		),
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: PAGE.min, maxValue: PAGE.max },
			displayOptions: { show: { ...show, testEvent: ['kept'] } },
			default: PAGE.fallback,
			description: 'Max number of results to return',
		},
	];
}
