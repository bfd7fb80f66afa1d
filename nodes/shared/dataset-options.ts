/** A dataset of Opendatasoft as a destination, for both nodes. To add a setting: in core/settings/dataset-settings.ts, and its entry here. */
import type { IDisplayOptions, INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { grouped, OPENDATASOFT_RECORDS, type DatasetSettings } from '../../core/index';
import { optionsCollection, type Option } from './options-collection';
import { CONNECTION_OPTIONS } from './request-options';

/** n8n's own, whose value is the key. */
export const PUSH_KEY_TYPE = 'httpQueryAuth';
export const PUSH_KEY_SHOWN = 'Query Auth';

/** Of the node: whether buffers in a collection may use a key. */
export const PUSH_KEY_PARAMETER = 'usesDatasets';

/** Where a dataset is. */
export function datasetParameters(displayOptions: IDisplayOptions): INodeProperties[] {
	return [
		{
			displayName: 'Domain',
			name: 'domain',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://data.example.org',
			noDataExpression: true,
			displayOptions,
			description: 'Where the dataset is. Its push key is the value of the Query Auth credential.',
		},
		{
			displayName: 'Dataset',
			name: 'dataset',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. air-quality',
			noDataExpression: true,
			displayOptions,
			description:
				'Its ID. A record is made of the fields or columns, or of the JSON body of a whole event.',
		},
	];
}

const OPTIONS: readonly Option[] = [
	{
		displayName: 'ID Field',
		name: 'idField',
		type: 'string',
		default: 'recordid',
		displayOptions: { show: { operation: ['deleteById'] } },
		description: 'Field that holds the ID of the record to delete',
	},
	{
		displayName: 'Records Are',
		name: 'operation',
		type: 'options',
		default: 'push',
		options: [
			{
				name: 'Added',
				value: 'push',
				description: 'One added takes the place of the record with the same ID',
			},
			{ name: 'Deleted by Their ID', value: 'deleteById', description: 'A request for each' },
			{ name: 'Deleted by Their Values', value: 'delete' },
		],
	},
	{
		displayName: 'Records per Request',
		name: 'maxRecords',
		type: 'number',
		typeOptions: { minValue: OPENDATASOFT_RECORDS.min, maxValue: OPENDATASOFT_RECORDS.max },
		default: OPENDATASOFT_RECORDS.fallback,
		description: `At most so many, ${OPENDATASOFT_RECORDS.min} to ${grouped(OPENDATASOFT_RECORDS.max)}`,
	},
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'string',
		default: 'realtime',
		description: 'As the push URL of the dataset has it',
	},
];

/** As the collection gives them: what was not added is absent. */
export type DatasetOptions = Omit<
	DatasetSettings,
	'domain' | 'dataset' | 'proxyUser' | 'proxyPassword' | 'ca' | 'clientCertificate'
>;

export const DATASET_OPTIONS: readonly string[] = [...OPTIONS, ...CONNECTION_OPTIONS].map(
	({ name }) => name,
);

export function datasetOptions(displayOptions: IDisplayOptions): INodeProperties {
	return optionsCollection({
		displayName: 'Dataset Options',
		name: 'datasetOptions',
		options: [...OPTIONS, ...CONNECTION_OPTIONS],
		displayOptions,
	});
}

/** Entry of a node's `credentials`. */
export function pushKeyCredential(): NonNullable<INodeTypeDescription['credentials']>[number] {
	return {
		name: PUSH_KEY_TYPE,
		displayName: 'Push Key (Query Auth)',
		required: true,
		displayOptions: { show: { usesPushKey: ['yes'] } },
	};
}
