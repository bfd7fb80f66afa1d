import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/**
 * `buffer`: from a list of workflow, node and name, or by its name or full name.
 *
 * @param o.search method that lists them
 */
export function chooseBuffer(o: {
	readonly displayOptions: IDisplayOptions;
	readonly search: 'searchBuffers' | 'searchItemBuffers';
	readonly description: string;
	readonly required?: boolean;
}): INodeProperties {
	const { displayOptions, search, description, required = true } = o;
	return {
		displayName: 'Buffer',
		name: 'buffer',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required,
		displayOptions,
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a buffer…',
				typeOptions: { searchListMethod: search, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. events',
				hint: 'Its name, or &lt;workflow ID&gt;:&lt;node ID&gt;/&lt;name&gt;',
			},
		],
	};
}
