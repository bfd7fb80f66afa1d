import {
	NodeHelpers,
	type INode,
	type INodeType,
	type ITriggerFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
// With its extension: SluiceTrigger.node.json stands beside it.
import { SluiceTrigger } from '../../../nodes/SluiceTrigger/SluiceTrigger.node.js';

export interface TriggerInput {
	readonly parameters?: Record<string, unknown>;
	/** By type; attached to the node, whatever its parameters say. */
	readonly credentials?: Record<string, object | Error>;
	readonly more?: object;
}

const trigger = new SluiceTrigger();

/** A node as n8n keeps it: with the defaults of what shows, and without what does not. */
export function filledNode(type: INodeType, parameters: object, credentials: object = {}): INode {
	const { description } = type;
	const instance: INode = {
		id: 'node-a',
		name: description.displayName,
		type: `@sluice/n8n-nodes-sluice.${description.name}`,
		typeVersion: description.version as number,
		position: [0, 0],
		webhookId: 'webhook-a',
		parameters: parameters as INode['parameters'],
		credentials: Object.fromEntries(
			Object.keys(credentials).map((name) => [name, { id: '1', name }]),
		),
	};
	const filled = NodeHelpers.getNodeParameters(
		description.properties,
		instance.parameters,
		true,
		false,
		instance,
		description,
	);
	return { ...instance, parameters: filled ?? {} };
}

/** Whether n8n shows, and gives out, this credential of a node. */
export function showsCredential(type: INodeType, instance: INode, name: string): boolean {
	const found = (type.description.credentials ?? []).find((one) => one.name === name);
	if (!found) throw new Error(`there is no credential ${name}`);
	return NodeHelpers.displayParameter(instance.parameters, found, instance, type.description);
}

/** What n8n does when a node asks for a credential. */
export async function readAsN8n(
	type: INodeType,
	instance: INode,
	credentials: Readonly<Record<string, object | Error>>,
	name: string,
): Promise<object> {
	if (!showsCredential(type, instance, name)) throw new Error('Credentials not found');
	const found = credentials[name];
	if (!found) throw new Error('Node does not have any credentials set');
	if (found instanceof Error) throw found;
	return found;
}

/** What n8n gives to `trigger()` and `webhook()`, as far as the node looks at it. */
export function triggerContext(o: TriggerInput = {}): ITriggerFunctions & IWebhookFunctions {
	const { parameters = {}, credentials = {} } = o;
	const instance = filledNode(trigger, parameters, credentials);
	return {
		getNode: () => instance,
		getWorkflow: () => ({ id: 'wf', name: 'workflow', active: true }),
		getMode: () => 'trigger',
		getInstanceBaseUrl: () => 'http://localhost:5678',
		getNodeParameter: (name: string, fallback?: unknown) => instance.parameters[name] ?? fallback,
		getCredentials: (name: string) => readAsN8n(trigger, instance, credentials, name),
		logger: { debug() {}, info() {}, warn() {}, error() {} },
		...o.more,
	} as unknown as ITriggerFunctions & IWebhookFunctions;
}
