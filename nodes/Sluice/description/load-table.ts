import type { INodeProperties } from 'n8n-workflow';
import { tableColumnParameters, tableOptions, tableParameters } from '../../shared/table-options';
import { sourceParameters } from './source';

const show = { resource: ['item'], operation: ['loadTable'] };

/** Where the credential of the database shows. */
export const POSTGRES_PLACE = { show: { ...show, database: ['postgres'] } };

/** Parameters of the operation *load into table*. */
export const loadTableDescription: INodeProperties[] = [
	...tableParameters({ show }),
	...sourceParameters(show, 'What a row is made of'),
	{
		displayName: 'Columns',
		name: 'tableColumns',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show },
		options: [
			{
				name: 'All Fields',
				value: 'auto',
				description: 'Of all items, in the order in which they come first',
			},
			{
				name: 'Chosen',
				value: 'chosen',
				description: 'Fields by their names; others are left out',
			},
		],
		default: 'auto',
		description: 'What the table has: its columns have to be these, in this order',
	},
	{
		displayName: 'Column Names',
		name: 'columnNames',
		type: 'string',
		noDataExpression: true,
		displayOptions: { show: { ...show, tableColumns: ['chosen'] } },
		default: '',
		required: true,
		placeholder: 'e.g. id, name, total',
		description: 'Names of fields, separated by commas. A field that an item lacks is empty.',
	},
	...tableColumnParameters({ show }),
	tableOptions({ show }, { now: true }),
];
