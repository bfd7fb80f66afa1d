import type { INodeProperties } from 'n8n-workflow';
import { directoryParameter, fileNowOptions } from '../../shared/files-options';
import { sourceParameters } from './source';

const show = { resource: ['item'], operation: ['writeFile'] };

/** Parameters of the operation *write file*. */
export const writeFileDescription: INodeProperties[] = [
	directoryParameter({ show }),
	...sourceParameters(show, 'What a line of the file is made of'),
	fileNowOptions({ show }),
];
