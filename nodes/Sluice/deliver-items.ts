import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	deliverNow,
	withoutCredentials,
	writeJson,
	type DeliveredNow,
	type NowOptions,
	type SinkConfig,
} from '../../core/index';
import { loggerOf } from '../shared/store';
import { readField } from './fields';
import { inputItem, refused } from './run';
import { runKey } from './run-key';

/** An item that is delivered. */
export interface ItemRecord {
	readonly index: number;
	/** What of it is: itself, or a field. */
	readonly record: unknown;
	/** As JSON. */
	readonly text: string;
}

/** Where items go. */
export interface ItemsTarget extends Pick<NowOptions, 'columns' | 'ports'> {
	readonly config: SinkConfig;
}

interface Work {
	/** What is told by parameters of the first item holds for all. @throws CoreError: nothing is delivered then */
	open(items: readonly ItemRecord[]): Promise<ItemsTarget> | ItemsTarget;
	/** What leaves for the items that were taken, one at least. @throws CoreError where they were not, after all */
	show(
		taken: readonly ItemRecord[],
		delivered: DeliveredNow,
	): Pick<INodeExecutionData, 'json' | 'pairedItem'>[];
}

/**
 * Delivers all items of a run as one batch, now. Items that were refused end the execution, or leave with what is wrong.
 *
 * @throws NodeOperationError or NodeApiError where the node stops on errors
 */
export async function deliverItems(
	context: IExecuteFunctions,
	work: Work,
): Promise<INodeExecutionData[]> {
	const { items, output } = readItems(context);
	if (items.length === 0) return output;
	const refuse = (some: readonly ItemRecord[], error: unknown): INodeExecutionData[] =>
		some.map(({ index }) => refused(context, error, index));
	let run: ReturnType<typeof runKey>;
	let delivered: DeliveredNow;
	try {
		const target = await work.open(items);
		run = runKey(context, [JSON.stringify(target.config), ...items.map(({ text }) => text)]);
		delivered = await deliver(context, target, items, run.key);
	} catch (error) {
		return [...output, ...refuse(items, error)];
	}
	const { errors, atFault } = delivered;
	const failed = items.flatMap((item, i) => (errors[i] ? [{ item, error: errors[i], i }] : []));
	// Where the node stops on errors, the first is the one to show.
	for (const { item, error } of failed.toSorted((a, b) => +(b.i === atFault) - +(a.i === atFault)))
		output.push(...refuse([item], error));
	const taken = items.filter((_, i) => errors[i] === undefined);
	if (taken.length > 0) output.push(...leave(() => work.show(taken, delivered), taken, refuse));
	run.ended();
	return output;
}

function leave(
	show: () => INodeExecutionData[],
	taken: readonly ItemRecord[],
	refuse: (some: readonly ItemRecord[], error: unknown) => INodeExecutionData[],
): INodeExecutionData[] {
	try {
		return show();
	} catch (error) {
		return refuse(taken, error);
	}
}

/** Items that cannot be written are refused alone. */
export function readItems(context: IExecuteFunctions): {
	items: ItemRecord[];
	output: INodeExecutionData[];
} {
	const items: ItemRecord[] = [];
	const output: INodeExecutionData[] = [];
	for (const index of context.getInputData().keys()) {
		try {
			const record = recordOf(context, index);
			items.push({ index, record, text: writeJson(record) });
		} catch (error) {
			output.push(refused(context, error, index));
		}
	}
	return { items, output };
}

/** Without the credentials of who sent an event. */
function recordOf(context: IExecuteFunctions, index: number): unknown {
	const { json } = inputItem(context, index);
	if (context.getNodeParameter('source', index, 'item') !== 'field')
		return withoutCredentials(json);
	const name = context.getNodeParameter('sourceField', index, 'body') as string;
	return withoutCredentials(readField(json, name, 'sourceField'));
}

function deliver(
	context: IExecuteFunctions,
	{ config, columns, ports }: ItemsTarget,
	items: readonly ItemRecord[],
	key: string,
): Promise<DeliveredNow> {
	const node = context.getNode();
	return deliverNow(
		config,
		items.map(({ text }) => text),
		{
			...{ columns, ports, key },
			who: { id: `node:${context.getWorkflow().id}:${node.id}/items`, label: node.name },
			logger: loggerOf(context),
			signal: context.getExecutionCancelSignal(),
		},
	);
}

/** Fields of all records, in the order in which they come first. */
export function fieldsOf(items: readonly ItemRecord[]): string[] {
	const names = new Set<string>();
	for (const { record } of items) for (const name of Object.keys(Object(record))) names.add(name);
	return [...names];
}

/** Which items something is made of, as n8n follows them. */
export function pairedWith(items: readonly ItemRecord[]): { readonly item: number }[] {
	return items.map(({ index }) => ({ item: index }));
}
