/** What the parameters of an operation say about buffers, dead letters and loss. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ConfigError, type Confirm, type Pipeline } from '../../core/index';
import { bufferName, findBuffer } from '../shared/action-store';
import { eachItem, withPipeline, type Operation } from './run';

/** Value of the locator `buffer`: a name, or a full name. Empty where none is chosen. */
export function bufferText(context: IExecuteFunctions, index: number): string {
	const value: unknown = context.getNodeParameter('buffer', index, '', { extractValue: true });
	return typeof value === 'string' ? value.trim() : String(value ?? '');
}

/** An operation on the buffer of each item; what it gives is shown with the buffer's name before. */
export function onBuffer(
	work: (o: {
		readonly context: IExecuteFunctions;
		readonly pipeline: Pipeline;
		readonly exportId: string;
		readonly index: number;
	}) => Promise<object | readonly object[]>,
): Operation {
	return (context) =>
		withPipeline(context, async (open) =>
			eachItem(context, async (index) => {
				const pipeline = await open();
				const { exportId } = await findBuffer(pipeline, bufferText(context, index));
				const given = await work({ context, pipeline, exportId, index });
				const all = Array.isArray(given) ? (given as object[]) : [given];
				return all.map((one): Pick<INodeExecutionData, 'json'> => {
					const { exportId: _, ...about } = one as IDataObject;
					return { json: { buffer: bufferName(exportId), ...about } };
				});
			}),
		);
}

/** @throws ConfigError */
export function confirmOf(context: IExecuteFunctions, index: number): Confirm | undefined {
	const confirm: unknown = context.getNodeParameter('confirm', index, 'ask');
	if (confirm === 'atMost') return context.getNodeParameter('maxRows', index, 0) as number;
	if (confirm === 'all') return 'all';
	if (confirm === 'ask') return undefined;
	throw new ConfigError('confirm', 'one of ask, atMost, all', confirm);
}

/** Milliseconds since the Unix epoch; undefined for an empty one. @throws ConfigError */
export function instantOf(
	context: IExecuteFunctions,
	index: number,
	name: 'since' | 'from' | 'until',
): number | undefined {
	const value: unknown = context.getNodeParameter(name, index, '');
	if (value === '' || value === undefined || value === null) return undefined;
	const at = typeof value === 'string' ? Date.parse(value) : Number(value);
	if (Number.isNaN(at)) throw new ConfigError(name, 'a date and time', value);
	return at;
}
