import { replayKept } from '../../../core/index';
import { confirmOf, instantOf, onBuffer } from '../choices';
import type { Operation } from '../run';
import { instant } from '../shown';

/** One item: how many events are to come, or would. The process that delivers the buffer carries it out. */
export const replayKeptEvents: Operation = onBuffer(
	async ({ context, pipeline, exportId, index }) => {
		const types = listOf(context.getNodeParameter('types', index, '') as string);
		const eventIds = listOf(context.getNodeParameter('eventIds', index, '') as string);
		const result = await replayKept(pipeline, exportId, {
			from: instantOf(context, index, 'from'),
			until: instantOf(context, index, 'until'),
			...(types.length > 0 ? { types } : {}),
			...(eventIds.length > 0 ? { eventIds } : {}),
			confirm: confirmOf(context, index),
		});
		if ('done' in result) return result;
		const { from, until } = result;
		return {
			...result,
			...(from === undefined ? {} : { from: instant(from) }),
			until: instant(until),
		};
	},
);

function listOf(text: string): string[] {
	return String(text)
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '');
}
