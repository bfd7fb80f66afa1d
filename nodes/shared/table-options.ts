/** A table of a database as a destination, for both nodes. To add a setting: in core/settings/table-settings.ts, and its entry here. */
import type { IDisplayOptions, INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { CELL_TYPES, TABLE_TIMEOUT_MS, type CellType, type TableSettings } from '../../core/index';
import { optionsCollection, type Option } from './options-collection';

/** n8n's own. */
export const POSTGRES_TYPE = 'postgres';
export const POSTGRES_SHOWN = 'Postgres';

/** Of the node: whether buffers in a collection may load tables of a PostgreSQL. */
export const POSTGRES_PARAMETER = 'loadsPostgres';

/** File of SQLite, below `sluice` in the folder of n8n. */
export const DEFAULT_FILE = 'tables.db';

const shown = (
	{ show, ...displayOptions }: IDisplayOptions,
	more: IDisplayOptions['show'],
): IDisplayOptions => ({ ...displayOptions, show: { ...show, ...more } });

const TYPES: Readonly<Record<CellType, string>> = {
	text: 'Text',
	number: 'Number',
	boolean: 'Boolean',
	timestamp: 'Date and Time',
	json: 'JSON',
};

const typeValues: INodeProperties[] = [
	{
		displayName: 'Column',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		noDataExpression: true,
		description: 'Name of the column, as it is in the data',
	},
	{
		displayName: 'Type',
		name: 'type',
		type: 'options',
		default: 'text' satisfies CellType,
		noDataExpression: true,
		// In the order of the alphabet as n8n wants it.
		options: CELL_TYPES.map((value) => ({ name: TYPES[value], value })).toSorted((a, b) =>
			a.name.localeCompare(b.name),
		),
	},
];

/** Where a table is. */
export function tableParameters(displayOptions: IDisplayOptions): INodeProperties[] {
	return [
		{
			displayName: 'Database',
			name: 'database',
			type: 'options',
			default: 'sqlite',
			noDataExpression: true,
			displayOptions,
			options: [
				{ name: 'PostgreSQL', value: 'postgres', description: 'Of a Postgres credential' },
				{ name: 'SQLite', value: 'sqlite', description: 'A file of this machine' },
			],
		},
		{
			displayName: 'File',
			name: 'databaseFile',
			type: 'string',
			default: DEFAULT_FILE,
			required: true,
			noDataExpression: true,
			displayOptions: shown(displayOptions, { database: ['sqlite'] }),
			description:
				'Below the directory sluice of the n8n folder, or the absolute path of a file where n8n lets files be written (N8N_RESTRICT_FILE_ACCESS_TO). It is made when it is missing.',
		},
		{
			displayName: 'Table',
			name: 'table',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. orders',
			noDataExpression: true,
			displayOptions,
			description:
				'It is made when it is missing. In PostgreSQL sales.orders is the table orders of the schema sales; without a schema it is in public.',
		},
	];
}

/** How its rows are written. */
export function tableColumnParameters(displayOptions: IDisplayOptions): INodeProperties[] {
	return [
		{
			displayName: 'Primary Key',
			name: 'primaryKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. id',
			noDataExpression: true,
			displayOptions,
			description:
				'Names of columns, separated by commas: a row takes the place of the one with its key. Empty: rows are only added.',
		},
		{
			displayName: 'Column Types',
			name: 'columnTypes',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Type' },
			placeholder: 'Add Type',
			default: {},
			noDataExpression: true,
			displayOptions,
			options: [{ displayName: 'Column', name: 'values', values: typeValues }],
			description:
				'What columns hold; all others are text. How the table would be made shows the node Sluice, Item → Load Into Table, by its option Only Show the Statement.',
		},
	];
}

const SECONDS = { min: TABLE_TIMEOUT_MS.min / 1_000, max: TABLE_TIMEOUT_MS.max / 1_000 };

const ON_BAD_ROW: Option = {
	displayName: 'A Row That Does Not Fit',
	name: 'onBadRow',
	type: 'options',
	default: 'aside',
	options: [
		{
			name: 'Becomes a Dead Letter',
			value: 'aside',
			description: 'Alone; the others of its batch are loaded',
		},
		{
			name: 'Makes Its Batch One',
			value: 'refuse',
			description: 'Nothing of the batch is loaded',
		},
	],
};

const OF_ANY: readonly Option[] = [
	{
		displayName: 'Load',
		name: 'load',
		type: 'options',
		default: 'incremental',
		options: [
			{
				name: 'Add Rows',
				value: 'incremental',
				description: 'By their primary key, where there is one',
			},
			{
				name: 'Replace All Rows',
				value: 'full',
				description: 'Each batch takes the place of all that is in the table',
			},
		],
	},
	{
		displayName: 'Make the Table',
		name: 'create',
		type: 'options',
		default: 'once',
		options: [
			{
				name: 'Always When Missing',
				value: 'always',
				description: 'Also after somebody has dropped it',
			},
			{ name: 'Never', value: 'never', description: 'Somebody else makes it' },
			{
				name: 'Once',
				value: 'once',
				description: 'Where it is missing later, somebody has dropped it, and nothing is loaded',
			},
		],
	},
	{
		displayName: 'Take Over',
		name: 'adopt',
		type: 'boolean',
		default: false,
		description: 'Whether a table that Sluice did not make may be loaded',
	},
	{
		displayName: 'Time Limit (Seconds)',
		name: 'timeoutSeconds',
		type: 'number',
		typeOptions: { minValue: SECONDS.min, maxValue: SECONDS.max },
		default: TABLE_TIMEOUT_MS.fallback / 1_000,
		description: `For each statement, and each wait for somebody else's lock, ${SECONDS.min} to ${SECONDS.max} s`,
	},
];

/** As the collection gives them: what was not added is absent. */
export type TableOptions = Pick<
	TableSettings,
	'load' | 'create' | 'adopt' | 'onBadRow' | 'timeoutSeconds'
>;

/** Of items. */
export interface TableNowOptions extends TableOptions {
	readonly onlyShow?: boolean;
}

export const TABLE_OPTIONS: readonly string[] = [ON_BAD_ROW, ...OF_ANY].map(({ name }) => name);

/** Of items: there is no buffer to look at before. */
const ONLY_SHOW: Option = {
	displayName: 'Only Show the Statement',
	name: 'onlyShow',
	type: 'boolean',
	default: false,
	description:
		'Whether nothing is loaded, and the statement leaves by which the table would be made: to look at before it runs, also for a buffer of a Trigger',
};

/** @param o.now there are no dead letters, and items are refused by the settings of the node */
export function tableOptions(
	displayOptions: IDisplayOptions,
	{ now = false }: { readonly now?: boolean } = {},
): INodeProperties {
	return optionsCollection({
		displayName: 'Table Options',
		name: 'tableOptions',
		options: now ? [...OF_ANY, ONLY_SHOW] : [ON_BAD_ROW, ...OF_ANY],
		displayOptions,
	});
}

/** Entry of a node's `credentials`. */
export function postgresCredential(): NonNullable<INodeTypeDescription['credentials']>[number] {
	return {
		name: POSTGRES_TYPE,
		displayName: 'PostgreSQL of Tables',
		required: true,
		displayOptions: { show: { usesPostgres: ['yes'] } },
	};
}
