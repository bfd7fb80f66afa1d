/** Files in a directory as a destination, for both nodes. To add a setting: in core/settings/files-settings.ts, and its entry here. */
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { FILE_FORMATS, FILES, formatByteSize, type FilesSettings } from '../../core/index';
import { FORMATS } from './format-texts';
import { optionsCollection, type Option } from './options-collection';

/** Where files are written. */
export function directoryParameter(displayOptions: IDisplayOptions): INodeProperties {
	return {
		displayName: 'Directory',
		name: 'directory',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. /home/node/.n8n-files/orders',
		noDataExpression: true,
		displayOptions,
		description:
			'Absolute path of a directory that is there, where n8n lets files be written (N8N_RESTRICT_FILE_ACCESS_TO)',
	};
}

const OPTIONS: readonly Option[] = [
	{
		displayName: 'Complete After',
		name: 'fileAge',
		type: 'string',
		default: '1h',
		description:
			'How long a file grows before it gets its name, up to 7 days. Empty: each batch is a file.',
	},
	{
		displayName: 'Complete at Size',
		name: 'fileSize',
		type: 'string',
		default: formatByteSize(FILES.bytes.fallback),
		description: `Or at which size, ${formatByteSize(FILES.bytes.min)} to ${formatByteSize(FILES.bytes.max)}`,
	},
	{
		displayName: 'Compress (Gzip)',
		name: 'fileGzip',
		type: 'boolean',
		default: false,
		description: 'Whether files are compressed',
	},
	{
		displayName: 'CSV Begins With Names',
		name: 'fileCsvHeader',
		type: 'boolean',
		default: true,
		displayOptions: { show: { fileFormat: ['csv'] } },
		description: 'Whether the first line of each file has the names of the columns',
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: FILES.name,
		description:
			'With {number}, and with {label}, {date}, {time}, {receiver} and {export}; "/" makes folders; the ending follows from the format',
	},
	{
		displayName: 'Format',
		name: 'fileFormat',
		type: 'options',
		default: 'ndjson',
		options: FILE_FORMATS.map((value) => ({ name: FORMATS[value], value })),
		description: 'CSV needs fields or columns',
	},
];

export const FILE_OPTIONS: readonly string[] = OPTIONS.map(({ name }) => name);

/** As the collection gives them: what was not added is absent. */
export type FileOptions = Omit<FilesSettings, 'data' | 'directory'>;

export function fileOptions(displayOptions: IDisplayOptions): INodeProperties {
	return optionsCollection({
		displayName: 'File Options',
		name: 'fileOptions',
		options: OPTIONS,
		displayOptions,
	});
}

/** Of a file that is written now. */
export interface FileNowOptions extends Omit<FileOptions, 'fileSize' | 'fileAge'> {
	/** Names of fields, separated by commas; empty: all. */
	readonly fileColumns?: string;
}

const GROWING = ['fileSize', 'fileAge'];

/** What is said otherwise of items. */
const OF_ITEMS: Readonly<Record<string, string>> = {
	fileName:
		'With {number}, and with {label} (the name of this node), {date} and {time}; "/" makes folders; the ending follows from the format',
	fileFormat: 'How items are written',
};

const COLUMNS: Option = {
	displayName: 'CSV Columns',
	name: 'fileColumns',
	type: 'string',
	default: '',
	placeholder: 'e.g. id, name, total',
	displayOptions: { show: { fileFormat: ['csv'] } },
	description: 'Names of fields, separated by commas. Empty: all fields of all items.',
};

/** What is told by the first item holds for all. */
export function fileNowOptions(displayOptions: IDisplayOptions): INodeProperties {
	const options = OPTIONS.filter(({ name }) => !GROWING.includes(name)).map((option): Option => {
		const description = OF_ITEMS[option.name];
		return description === undefined ? option : { ...option, description };
	});
	return optionsCollection({
		displayName: 'File Options',
		name: 'fileOptions',
		options: [...options, COLUMNS],
		displayOptions,
		takeExpressions: ['fileName'],
	});
}
