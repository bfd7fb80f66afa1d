import { PAGE, runDry } from '../../../core/index';
import { columnsOf, type ColumnParameters } from '../../shared/buffer-parameters';
import { onBuffer } from '../choices';
import { givenEvent } from '../given-event';
import type { Operation } from '../run';
import { instant } from '../shown';

/** One item: how many events would become rows, what differs by column, and what becomes of each event. */
export const dryRun: Operation = onBuffer(async ({ context, pipeline, exportId, index }) => {
	// As the node keeps them: columns hold no expressions.
	const { values } = (context.getNode().parameters['columns'] ?? {}) as {
		values?: ColumnParameters[];
	};
	const isWhole = context.getNodeParameter('data', index, 'columns') === 'event';
	const { results, ...ran } = await runDry(pipeline, exportId, {
		columns: isWhole ? null : columnsOf(values, 'columns'),
		...givenEvent(context, index),
		limit: context.getNodeParameter('limit', index, PAGE.fallback) as number,
	});
	return {
		...ran,
		results: results.map((one) => ({ ...one, receivedAt: instant(one.receivedAt) })),
	};
});
