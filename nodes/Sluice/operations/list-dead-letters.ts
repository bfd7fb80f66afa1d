import type { IDataObject } from 'n8n-workflow';
import {
	ConfigError,
	recordReader,
	type DeadLetter,
	type KnownExport,
	type Store,
} from '../../../core/index';
import { bufferName, findBuffer } from '../../shared/action-store';
import { eachItem, withPipeline, type Operation } from '../run';

/** Rows shown of each; the others are counted. */
const SHOWN_ROWS = 5;

/** An item for each dead letter, the oldest first. */
export const listDeadLetters: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const { store } = await open();
			const text = String(context.getNodeParameter('buffer', index, '')).trim();
			const limit = limitOf(context.getNodeParameter('limit', index, 50));
			const chosen = text === '' ? {} : { exportId: (await findBuffer(store, text)).exportId };
			const letters = await store.deadLetters({ ...chosen, limit });
			return Promise.all(letters.map(async (letter) => ({ json: await show(store, letter) })));
		}),
	);

async function show(store: Store, letter: DeadLetter): Promise<IDataObject> {
	const known = await store.getExport(letter.exportId);
	const { batchId, count, sizeBytes, attempts, error } = letter;
	return {
		batchId,
		buffer: bufferName(letter.exportId),
		error: { ...error },
		count,
		sizeBytes,
		attempts,
		firstAt: new Date(letter.firstAt).toISOString(),
		lastAt: new Date(letter.lastAt).toISOString(),
		deadAt: new Date(letter.deadAt).toISOString(),
		records: (await firstRecords(letter, known)) as IDataObject[],
	};
}

/** Read as the buffer is defined now; a row that cannot be read says so instead of hiding the others. */
async function firstRecords(
	letter: DeadLetter,
	known: KnownExport | undefined,
): Promise<unknown[]> {
	const { exportId } = letter;
	const toRecord = recordReader({
		exportId,
		output: known?.output ?? 'event',
		...(known?.columns ? { columns: known.columns } : {}),
	});
	const records: unknown[] = [];
	for await (const rows of letter.rows()) {
		for (const row of rows) {
			if (records.length === SHOWN_ROWS) return records;
			try {
				records.push(toRecord(row));
			} catch {
				records.push({ unreadable: true, eventId: row.eventId });
			}
		}
	}
	return records;
}

function limitOf(value: unknown): number {
	if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000) {
		return value;
	}
	throw new ConfigError('limit', 'a whole number from 1 to 1000', value);
}
