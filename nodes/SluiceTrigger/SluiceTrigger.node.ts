import type {
	INodeType,
	INodeTypeDescription,
	ITriggerFunctions,
	ITriggerResponse,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { MAX_EXPORTS } from '../../core/index';
import { pushKeyCredential } from '../shared/dataset-options';
import { postgresCredential } from '../shared/table-options';
import {
	storeParameters,
	usesPostgres,
	usesPushKey,
	usesSignature,
	usesSsl,
	usesUser,
} from '../shared/credential-parameters';
import { authCredentials } from '../shared/forward-auth';
import { credentialTests } from '../shared/credential-tests';
import { sslCredential } from '../shared/ssl-certificates';
import { authenticationParameters } from './description/authentication';
import {
	forwardingOfSeveral,
	forwardingOfSingle,
	oneOfSeveralParameters,
	singleBufferParameters,
} from './description/buffer';
import {
	POSTGRES_PLACES,
	PUSH_KEY_PLACES,
	SIGNING_PLACES,
	SSL_PLACES,
	USER_PLACES,
} from './description/credential-places';
import { handshakeParameter } from './description/handshake';
import { optionsParameter } from './description/options';
import { listenParameters } from './description/own-port';
import { senderParameters } from './description/sender';
import { toldOptions, toldParameters } from './description/told';
import { manualTrigger } from './manual';
import { OUTPUTS } from './outputs';
import { previewInEditor, storePush } from './push';
import { DEFAULT_START_ON, START_ON_OPTIONS, SUBTITLE, TOLD } from './start-on';
import { startTrigger } from './start-trigger';

/**
 * Receives pushed events and keeps them on disk before answering; starts one execution per batch and knows whether it succeeded.
 * One class with `webhook()` (store, no execution) and `trigger()` (drain), which share the process's pipeline (N8, N52).
 */
export class SluiceTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sluice Trigger',
		name: 'sluiceTrigger',
		icon: { light: 'file:../../icons/sluice.svg', dark: 'file:../../icons/sluice.dark.svg' },
		group: ['trigger'],
		// Above 1: for version 1 n8n evaluates an expression on each request (N73).
		version: 2,
		subtitle: SUBTITLE,
		description:
			'Receives pushed events durably and starts one execution per batch, retried when it fails',
		eventTriggerDescription:
			'Waiting for you to push an event to the test URL. On Alerts and on Delivery Results any push there brings an example; items added by workflows need a published workflow.',
		triggerPanel: {
			header: 'Take Events and Keep Them',
			executionsHelp: {
				inactive:
					'<b>While you build</b>, click "Execute step" and push an event to the test URL: it starts the workflow at once and is stored nowhere. On Alerts and on Delivery Results any push there brings an example.<br /><br /><b>When it is ready</b>, publish the workflow: events pushed to the production URL are kept on disk before they are answered, and delivered in batches.',
				active:
					'<b>Test URL</b>: an event starts the workflow at once and is stored nowhere.<br /><br /><b>Published</b>: what you chose in Trigger On starts the workflow; events pushed to the production URL are kept on disk before they are answered, and delivered in batches. Their executions show up in the executions list.',
			},
			activationHint:
				'Once you have published the workflow, what you chose in Trigger On starts it by itself. Events pushed to the production URL are kept first.',
		},
		activationMessage:
			'Sluice now starts this workflow by itself. Events that are pushed are kept before they are answered, and delivered in batches.',
		defaults: { name: 'Sluice Trigger' },
		inputs: [],
		outputs: OUTPUTS,
		credentials: [
			// Each hangs on a parameter of ours, since the editor fills in the newest credential of every type it shows.
			{
				name: 'sluiceSignatureApi',
				displayName: 'Secret to Sign and Verify',
				required: true,
				displayOptions: { show: { usesSignature: ['yes'] } },
				testedBy: 'testSignature',
			},
			...authCredentials(),
			sslCredential({ usesSsl: ['yes'] }),
			pushKeyCredential(),
			postgresCredential(),
			{
				name: 'sluiceStoreApi',
				displayName: 'Store',
				required: true,
				displayOptions: { show: { store: ['credential'] } },
				testedBy: 'testStore',
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: 'events',
				// For the editor alone; n8n asks for no other field of a webhook that is not fixed.
				ndvHideUrl: '={{ $parameter["startOn"] === "workflowItems" }}',
			},
			{
				// The address with a secret that was renewed: /webhook/<webhook id>/<webhook id>/events/<secret>. n8n wants the id before every path with
				// a parameter, and once more in it, since it keeps such paths by their text (N79).
				name: 'setup',
				httpMethod: 'POST,GET,HEAD',
				responseMode: 'onReceived',
				path: 'events/:secret',
				ndvHideUrl: true,
			},
			{
				// Handshakes of senders that do not push them; at any other of these requests it is us who says 405, and not n8n 404 (N81).
				name: 'setup',
				httpMethod: 'GET,HEAD',
				responseMode: 'onReceived',
				path: 'events',
				ndvHideUrl: true,
			},
		],
		properties: [
			{
				// By this name n8n lists each option as a trigger of its own.
				displayName: 'Trigger On',
				name: 'startOn',
				type: 'options',
				default: DEFAULT_START_ON,
				noDataExpression: true,
				options: START_ON_OPTIONS,
			},
			...toldParameters,
			...senderParameters,
			...authenticationParameters(),
			handshakeParameter,
			...listenParameters,
			{
				displayName: 'Several Buffers',
				name: 'severalBuffers',
				type: 'boolean',
				default: false,
				noDataExpression: true,
				displayOptions: { hide: { startOn: [...TOLD] } },
				description:
					'Whether each event goes into more than one buffer, each with its own data and destination',
			},
			{
				displayName: 'Buffers',
				name: 'buffers',
				type: 'fixedCollection',
				typeOptions: {
					multipleValues: true,
					sortable: true,
					maxAllowedFields: MAX_EXPORTS,
					multipleValueButtonText: 'Add Buffer',
				},
				placeholder: 'Add Buffer',
				default: { values: [{ name: 'events' }] },
				noDataExpression: true,
				displayOptions: { show: { severalBuffers: [true] }, hide: { startOn: [...TOLD] } },
				options: [
					{
						displayName: 'Buffer',
						name: 'values',
						values: [
							{
								displayName: 'Name',
								name: 'name',
								type: 'string',
								default: 'events',
								required: true,
								noDataExpression: true,
								description: 'Unique in this node; rows stay with the name',
							},
							...oneOfSeveralParameters,
						],
					},
				],
			},
			{
				displayName: 'Buffer Name',
				name: 'bufferName',
				type: 'string',
				default: 'events',
				required: true,
				noDataExpression: true,
				displayOptions: { hide: { startOn: [...TOLD], severalBuffers: [true] } },
				description: 'Known by this name to the Sluice node; rows stay with the name',
			},
			...singleBufferParameters,
			...forwardingOfSingle,
			...forwardingOfSeveral,
			...storeParameters([undefined]),
			...usesSignature(SIGNING_PLACES),
			...usesUser(USER_PLACES),
			...usesSsl(SSL_PLACES),
			...usesPushKey(PUSH_KEY_PLACES),
			...usesPostgres(POSTGRES_PLACES),
			optionsParameter,
			toldOptions,
		],
	};

	methods = { credentialTest: credentialTests };

	/** Nothing is registered anywhere: the sender is told the URL by a person. */
	webhookMethods = {
		default: {
			checkExists: async () => true,
			create: async () => true,
			delete: async () => true,
		},
		setup: {
			checkExists: async () => true,
			create: async () => true,
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return this.getMode() === 'manual' ? previewInEditor(this) : storePush(this);
	}

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		if (this.getMode() === 'manual') return manualTrigger(this);
		const running = await startTrigger(this);
		return { closeFunction: () => running.close() };
	}
}
