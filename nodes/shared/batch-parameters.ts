/** What of a batch starts the workflow, for the Trigger. */
import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BATCH_FORMS, FORMAT_NAMES, type BatchForm } from '../../core/index';
import { FORMATS } from './format-texts';

const FORMS: Readonly<Record<BatchForm, Omit<INodePropertyOptions, 'value'>>> = {
	rows: { name: 'Items', description: 'One item for each event' },
	text: { name: 'One Text', description: 'One item with all events, in its field text' },
	file: { name: 'File', description: 'One item with all events, in its binary field data' },
};

/** @param displayOptions of a list of conditions that all have to hold */
export function batchParameters(displayOptions: IDisplayOptions): INodeProperties[] {
	const shown = (more: IDisplayOptions['show']): IDisplayOptions => ({
		...displayOptions,
		show: { ...displayOptions.show, ...more },
	});
	return [
		{
			displayName: 'Batch As',
			name: 'batchAs',
			type: 'options',
			default: 'rows' satisfies BatchForm,
			noDataExpression: true,
			displayOptions,
			options: BATCH_FORMS.map((value) => ({ value, ...FORMS[value] })),
			description: 'What an execution begins with',
		},
		{
			displayName: 'Format',
			name: 'batchFormat',
			type: 'options',
			default: 'ndjson',
			noDataExpression: true,
			displayOptions: shown({ batchAs: ['text', 'file'] }),
			options: FORMAT_NAMES.map((value) => ({ name: FORMATS[value], value })),
			description:
				'CSV needs picked fields or columns. Numbers are never rounded; whole events come without the headers Authorization, Proxy-Authorization and Cookie.',
		},
		{
			displayName: 'Names of Columns First',
			name: 'batchCsvHeader',
			type: 'boolean',
			default: true,
			noDataExpression: true,
			displayOptions: shown({ batchAs: ['text', 'file'], batchFormat: ['csv'] }),
			description: 'Whether the first line of CSV has the names of the columns',
		},
	];
}
