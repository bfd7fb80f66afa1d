import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** What of an item is delivered. */
export function sourceParameters(
	show: NonNullable<IDisplayOptions['show']>,
	description: string,
): INodeProperties[] {
	return [
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show },
			options: [
				{ name: 'Item', value: 'item', description: 'The whole item' },
				{ name: 'Field of the Item', value: 'field', description: 'What one field holds' },
			],
			default: 'item',
			description,
		},
		{
			displayName: 'Source Field',
			name: 'sourceField',
			type: 'string',
			displayOptions: { show: { ...show, source: ['field'] } },
			default: 'body',
			required: true,
			description: 'Name of the field, or a path with dots',
		},
	];
}
