import type { IDataObject } from 'n8n-workflow';
import { listDeadLetters, PAGE, type ShownLetter } from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { bufferText } from '../choices';
import { eachItem, withPipeline, type Operation } from '../run';
import { instant } from '../shown';

/** Rows shown of each; the others are counted. */
const SHOWN_ROWS = 5;

/** An item for each dead letter, the oldest first. */
export const getDeadLetters: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const pipeline = await open();
			const text = bufferText(context, index);
			const limit = context.getNodeParameter('limit', index, PAGE.fallback) as number;
			const exportId = text === '' ? undefined : (await findBuffer(pipeline, text)).exportId;
			const letters = await listDeadLetters(pipeline, { exportId, limit, rows: SHOWN_ROWS });
			return letters.map((letter) => ({ json: show(letter) }));
		}),
	);

function show({ batchId, exportId, rows = [], ...letter }: ShownLetter): IDataObject {
	const { count, sizeBytes, attempts, error } = letter;
	return {
		batchId,
		buffer: bufferName(exportId),
		error: { ...error, at: instant(error.at) },
		count,
		sizeBytes,
		attempts,
		firstAt: instant(letter.firstAt),
		lastAt: instant(letter.lastAt),
		deadAt: instant(letter.deadAt),
		records: rows.map(({ record, unreadable, eventId }) =>
			unreadable ? { unreadable, eventId } : record,
		) as IDataObject[],
	};
}
