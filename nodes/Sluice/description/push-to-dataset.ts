import type { INodeProperties } from 'n8n-workflow';
import { datasetOptions, datasetParameters } from '../../shared/dataset-options';
import { sourceParameters } from './source';

const show = { resource: ['item'], operation: ['pushToDataset'] };

/** Where the credential with the push key shows. */
export const PUSH_KEY_PLACE = { show };

/** Parameters of the operation *push to Opendatasoft*. */
export const pushToDatasetDescription: INodeProperties[] = [
	...datasetParameters({ show }),
	...sourceParameters(show, 'What a record is made of, a JSON object'),
	datasetOptions({ show }),
];
