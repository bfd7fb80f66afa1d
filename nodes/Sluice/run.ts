import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { CoreError, readStore, type Pipeline, type PipelineHold } from '../../core/index';
import { statusOf, toNodeError } from '../shared/errors';
import { openPipelineFor } from '../shared/store';

/** What an operation makes of one item; `json` is complete, `pairedItem` is added. */
export type ItemWork = (index: number) => Promise<Pick<INodeExecutionData, 'json' | 'binary'>[]>;

/** What of n8n an operation needs. */
export type Operation = (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;

/**
 * Runs the work for each item. An item that fails ends the execution, or leaves with what is wrong as `json`, which n8n sends to
 * the error output where the node has one.
 */
export async function eachItem(
	context: IExecuteFunctions,
	work: ItemWork,
): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	for (const index of context.getInputData().keys()) {
		try {
			const made = await work(index);
			output.push(...made.map((one) => ({ ...one, pairedItem: { item: index } })));
		} catch (error) {
			output.push(refused(context, error, index));
		}
	}
	return output;
}

/** The item at an index; there is one for each index that an operation is given. */
export function inputItem(context: IExecuteFunctions, index: number): INodeExecutionData {
	return context.getInputData()[index] ?? { json: {} };
}

/**
 * An item that was refused.
 *
 * @throws NodeOperationError or NodeApiError where the node stops on errors
 */
export function refused(
	context: IExecuteFunctions,
	cause: unknown,
	index: number,
): INodeExecutionData {
	const error = toNodeError(context.getNode(), cause, index);
	if (!context.continueOnFail()) throw error;
	const status = statusOf(cause);
	const details: IDataObject = {
		...(cause instanceof CoreError ? { code: cause.code } : {}),
		...(status === undefined ? {} : { status }),
		...(error.description ? { description: error.description } : {}),
	};
	// Without `error` beside `json`: n8n would leave nothing but the message of it. By these keys alone it knows an item for the
	// error output as well, and gives it the data of the item that came in.
	return { json: { error: error.message, details }, pairedItem: { item: index } };
}

/** The node's pipeline, opened when first asked for and given back in the end. What its store warns of is shown with the output. */
export async function withPipeline<T>(
	context: IExecuteFunctions,
	work: (pipeline: () => Promise<Pipeline>) => Promise<T>,
): Promise<T> {
	let opening: Promise<PipelineHold> | undefined;
	try {
		const made = await work(async () => {
			opening ??= openPipelineFor(context);
			return (await opening).pipeline;
		});
		if (opening) await hint(context, opening);
		return made;
	} finally {
		await opening?.then(
			(hold) => hold.release(),
			() => {},
		);
	}
}

async function hint(context: IExecuteFunctions, opening: Promise<PipelineHold>): Promise<void> {
	try {
		const { warnings } = await readStore((await opening).pipeline);
		const shown = { type: 'warning', location: 'outputPane' } as const;
		context.addExecutionHints(...warnings.map((message) => ({ message, ...shown })));
	} catch {
		// The work is done, or its items say why not.
	}
}
