import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
// With its extension: Sluice.node.json stands beside it.
import { Sluice } from '../../../nodes/Sluice/Sluice.node.js';
import { filledNode, readAsN8n } from './trigger-context';

/** Items that no JSON can be written of, by name. A BigInt is none: n8n gives it a way to be written. */
export function unwritable(): [name: string, json: IDataObject][] {
	const circular: IDataObject = { n: 0 };
	circular['self'] = circular;
	let deep: IDataObject = {};
	for (let level = 0; level < 6_000; level++) deep = { deep };
	return [
		['circular', circular],
		['nested 6,000 deep', deep],
	];
}

export interface ContextInput {
	readonly resource: string;
	readonly operation: string;
	readonly parameters?: Record<string, unknown>;
	/** Values of expressions, by parameter; the node keeps `={{ … }}` then. */
	readonly expressions?: Record<string, (index: number) => unknown>;
	readonly items?: readonly Partial<INodeExecutionData>[];
	readonly credentials?: Record<string, Record<string, unknown>>;
	readonly continueOnFail?: boolean;
	/** Collects what the editor shows beside the output. */
	readonly hints?: string[];
	/** What the execution keeps for the node, from one try to the next. */
	kept?: Record<string, unknown>;
	/** The one path that n8n lets no workflow write to. */
	readonly blockedPath?: string;
}

const node = new Sluice();

/** What n8n gives to `execute`, as far as the node looks at it; parameters get the defaults of the description, shown ones only. */
export function executeContext(o: ContextInput): IExecuteFunctions {
	const kept = Object.fromEntries(Object.keys(o.expressions ?? {}).map((name) => [name, '={{ }}']));
	const stored = {
		resource: o.resource,
		operation: o.operation,
		...o.parameters,
		...kept,
	} as INode['parameters'];
	const instance = filledNode(node, stored, o.credentials);
	const items = (o.items ?? [{}]).map((item): INodeExecutionData => ({ json: {}, ...item }));
	return {
		getNode: () => instance,
		getInputData: () => items,
		continueOnFail: () => o.continueOnFail ?? false,
		addExecutionHints: (...hints: { message: string }[]) =>
			o.hints?.push(...hints.map(({ message }) => message)),
		getExecutionCancelSignal: () => undefined,
		getWorkflow: () => ({ id: 'wf', name: 'Workflow', active: false }),
		getContext: () => (o.kept ??= {}),
		getNodeParameter(name: string, index: number, fallback?: unknown) {
			const expression = o.expressions?.[name];
			const value = expression ? expression(index) : valueOf(instance.parameters[name] ?? fallback);
			if (value === undefined) throw new Error(`Could not get parameter "${name}"`);
			return value;
		},
		getCredentials: (name: string) => readAsN8n(node, instance, o.credentials ?? {}, name),
		helpers: {
			// As n8n's: of a path that is not there its directory is.
			resolvePath: async (given: string) =>
				path.join(await realpath(path.dirname(given)), path.basename(given)),
			isFilePathBlocked: (resolved: string) => resolved === o.blockedPath,
			getBinaryDataBuffer: async (index: number, name: string) =>
				Buffer.from(items[index]?.binary?.[name]?.data ?? '', 'base64'),
		},
		logger: { debug() {}, info() {}, warn() {}, error() {} },
	} as unknown as IExecuteFunctions;
}

/** A locator gives its value, as n8n does where a node asks for that. */
function valueOf(parameter: unknown): unknown {
	const isLocator = typeof parameter === 'object' && parameter !== null && '__rl' in parameter;
	return isLocator ? (parameter as { value?: unknown }).value : parameter;
}

/** A chosen resource, as the editor keeps it. */
export function located(value: unknown, mode: 'list' | 'id' = 'id'): object {
	return { __rl: true, mode, value };
}

/** Runs the node; the items of its one output. */
export async function execute(o: ContextInput): Promise<INodeExecutionData[]> {
	const outputs = await node.execute.call(executeContext(o));
	if (outputs.length !== 1 || !outputs[0]) throw new Error('the node has one output');
	return outputs[0];
}

/** What is wrong with an item that n8n sends to the error output: no other keys than these, and no `error` beside `json`. */
export function refusal(item: INodeExecutionData | undefined): {
	readonly code?: string;
	readonly status?: number;
	readonly description?: string;
} {
	assert.deepEqual(Object.keys(item ?? {}).sort(), ['json', 'pairedItem']);
	assert.deepEqual(Object.keys(item?.json ?? {}), ['error', 'details']);
	return item?.json['details'] as object;
}
