import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	appendDetached,
	compileMapping,
	CoreError,
	createEvent,
	MappingError,
	type Event,
	type NamedExport,
	type Pipeline,
} from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { isQueueMode } from '../../shared/store';
import { bufferText } from '../choices';
import { inputItem, refused, withPipeline, type Operation } from '../run';

interface Group {
	readonly buffer: NamedExport;
	readonly items: { readonly index: number; readonly event: Event }[];
}

const NOT_ACTIVE =
	'The workflow that defines this buffer is not active here. The items are kept, and wait until it is.';
const NO_FILES = 'Files of the item are not kept; only its JSON is.';

/** Items of one buffer are on disk together or not at all; they leave when they are on disk. */
export const addToBuffer: Operation = (context) =>
	withPipeline(context, async (open) => {
		const output: INodeExecutionData[] = [];
		const groups = await groupItems(context, open, output);
		for (const { buffer, items } of groups) {
			try {
				const notes = await append(await open(), buffer, items);
				for (const { index, event } of items) {
					const hasFiles = Object.keys(inputItem(context, index).binary ?? {}).length > 0;
					const note = [...notes, ...(hasFiles ? [NO_FILES] : [])].join(' ');
					const name = bufferName(buffer.exportId);
					output.push({
						json: { added: true, buffer: name, eventId: event.id, ...(note ? { note } : {}) },
						pairedItem: { item: index },
					});
				}
			} catch (error) {
				output.push(...refuseAll(context, error, buffer, items));
			}
		}
		return output.sort((a, b) => indexOf(a) - indexOf(b));
	});

/** Nothing is added before every item has its buffer. */
async function groupItems(
	context: IExecuteFunctions,
	open: () => Promise<Pipeline>,
	output: INodeExecutionData[],
): Promise<Group[]> {
	const groups = new Map<string, Group>();
	for (const [index, { json }] of context.getInputData().entries()) {
		try {
			const buffer = await findBuffer(await open(), bufferText(context, index), {
				filledByWorkflows: true,
			});
			const group = groups.get(buffer.exportId) ?? { buffer, items: [] };
			groups.set(buffer.exportId, group);
			group.items.push({ index, event: createEvent({ body: json }) });
		} catch (error) {
			output.push(refused(context, error, index));
		}
	}
	return [...groups.values()];
}

/** @returns what there is to say about it */
async function append(
	pipeline: Pipeline,
	{ exportId }: NamedExport,
	items: Group['items'],
): Promise<string[]> {
	const events = items.map(({ event }) => event);
	try {
		await pipeline.add(exportId, events);
		return [];
	} catch (error) {
		if (!(error instanceof CoreError) || error.code !== 'ERR_EXPORT_UNKNOWN') throw error;
	}
	await appendDetached(pipeline, exportId, events);
	// An execution runs in a worker, where no Trigger ever is; the main delivers.
	return isQueueMode() ? [] : [NOT_ACTIVE];
}

/** The item at fault gets its error, the others say that they were not added because of it. */
function refuseAll(
	context: IExecuteFunctions,
	error: unknown,
	buffer: NamedExport,
	items: Group['items'],
): INodeExecutionData[] {
	const fault = items.find(({ event }) => !canBeMapped(buffer, event))?.index;
	if (fault === undefined) return items.map(({ index }) => refused(context, error, index));
	const other = new MappingError(
		'ERR_COLUMN_VALUE',
		`not added, since item ${fault} cannot be mapped`,
		{ details: { advice: 'Items for one buffer are added together or not at all.' } },
	);
	// First the one at fault: where the node stops on errors, that is the one to show.
	return [
		refused(context, error, fault),
		...items
			.filter(({ index }) => index !== fault)
			.map(({ index }) => refused(context, other, index)),
	];
}

function canBeMapped({ columns }: NamedExport, event: Event): boolean {
	try {
		if (columns) compileMapping({ columns }).renderRecord(event);
		return true;
	} catch {
		return false;
	}
}

function indexOf({ pairedItem }: INodeExecutionData): number {
	return (pairedItem as { item: number }).item;
}
