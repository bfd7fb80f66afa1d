import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import {
	storeParameters,
	usesPostgres,
	usesPushKey,
	usesSignature,
	usesUser,
} from '../shared/credential-parameters';
import { pushKeyCredential } from '../shared/dataset-options';
import { postgresCredential } from '../shared/table-options';
import { authCredentials } from '../shared/forward-auth';
import { PROXY_PARAMETER } from '../shared/proxy-authentication';
import { SSL_PARAMETER, sslCredential } from '../shared/ssl-certificates';
import { credentialTests } from '../shared/credential-tests';
import { kindsWithCredential } from '../shared/schemes';
import { bufferDescription } from './description/buffer';
import { deadLetterDescription } from './description/dead-letter';
import { deliveryDescription } from './description/delivery';
import { FORWARD_USER_PLACES, forwardDescription } from './description/forward';
import { itemDescription } from './description/item';
import { loadTableDescription, POSTGRES_PLACE } from './description/load-table';
import { PUSH_KEY_PLACE, pushToDatasetDescription } from './description/push-to-dataset';
import { receiverDescription } from './description/receiver';
import { storeDescription } from './description/store';
import { writeFileDescription } from './description/write-file';
import { listSearch } from './list-search';
import { operationFor } from './operation-for';

/** Works on items now, hands them to a buffer that a Sluice Trigger holds, and looks after the buffers. */
export class Sluice implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sluice',
		name: 'sluice',
		icon: { light: 'file:../../icons/sluice.svg', dark: 'file:../../icons/sluice.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["operation"] }}',
		description:
			'Map, sign and verify items, deliver them now or add them to durable buffers, and operate the buffers',
		defaults: { name: 'Sluice' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [
			// Each hangs on a parameter of ours, since the editor fills in the newest credential of every type it shows. None hangs on
			// resource or operation: the editor hides a parameter all of whose options have credentials.
			{
				name: 'sluiceSignatureApi',
				displayName: 'Secret to Sign and Verify',
				required: true,
				displayOptions: { show: { usesSignature: ['yes'] } },
				testedBy: 'testSignature',
			},
			...authCredentials(),
			pushKeyCredential(),
			postgresCredential(),
			sslCredential({ [SSL_PARAMETER]: [true], [PROXY_PARAMETER]: [true, false] }),
			{
				name: 'sluiceStoreApi',
				displayName: 'Store',
				required: true,
				displayOptions: { show: { store: ['credential'] } },
				testedBy: 'testStore',
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Buffer',
						value: 'buffer',
						description: 'Add items to a buffer, or look after it',
					},
					{
						name: 'Dead Letter',
						value: 'deadLetter',
						description: 'Batches that were given up and are kept',
					},
					{
						name: 'Delivery',
						value: 'delivery',
						description: 'The last requests by which a buffer was delivered',
					},
					{
						name: 'Item',
						value: 'item',
						description: 'Map, sign, verify, forward, load, push or write items now',
					},
					{
						name: 'Receiver',
						value: 'receiver',
						description: 'What senders push to: its requests, and its secrets',
					},
					{ name: 'Store', value: 'store', description: 'Where all buffers keep what they hold' },
				],
				default: 'buffer',
			},
			...bufferDescription,
			...deadLetterDescription,
			...deliveryDescription,
			...itemDescription,
			...forwardDescription,
			...loadTableDescription,
			...pushToDatasetDescription,
			...writeFileDescription,
			...receiverDescription,
			...storeDescription,
			...storeParameters([{ resource: ['buffer', 'deadLetter', 'delivery', 'receiver', 'store'] }]),
			...usesSignature([
				{ show: { resource: ['item'], operation: ['sign', 'verify'] } },
				{ show: { resource: ['item'], operation: ['forward'], signWith: kindsWithCredential() } },
			]),
			...usesUser(FORWARD_USER_PLACES),
			...usesPushKey([PUSH_KEY_PLACE]),
			...usesPostgres([POSTGRES_PLACE]),
		],
	};

	methods = { credentialTest: credentialTests, listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0);
		const operation = this.getNodeParameter('operation', 0);
		const run = operationFor(resource, operation);
		if (!run) {
			throw new NodeOperationError(
				this.getNode(),
				`There is no operation ${resource}.${operation}`,
				{
					description: 'Choose the operation again.',
				},
			);
		}
		return [await run(this)];
	}
}
