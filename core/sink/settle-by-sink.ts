import { createHash } from 'node:crypto';
import type { Batch, Outcome } from '../buffer/store';
import type { Column } from '../mapping/column';
import { settleToken } from './flow-token';
import { movePositions } from './move-positions';
import type { RequestReport, Sink } from './sink';
import { textRows, unstoredBatch } from './unstored-batch';

/** What a flow has made of a batch, or of a part of one. */
export interface GivenBatch extends Pick<
	Batch,
	'id' | 'exportId' | 'attempt' | 'firstAt' | 'lastAt' | 'reason' | 'idempotencyKey'
> {
	/** Of the records; absent where nobody knows them. */
	readonly columns?: readonly Column[] | undefined;
	/** JSON texts of records. */
	readonly rows: readonly string[];
	/** Of each, where it was among the rows that the flow was given; absent: as they are here. */
	readonly positions?: readonly number[] | undefined;
	/** Others of the batch go another way: what is known again is this part, by its rows. */
	readonly isPart: boolean;
}

/**
 * Delivers what a flow has made of a batch to a sink, and settles the batch by what became of it. Its own sink hears of the requests,
 * so that the same rules hold as for an export that goes there by itself. A batch that comes again has the key that it had, so a sink
 * that knows keys takes it once.
 *
 * @param o.signal what it broke off is given back
 * @returns isSettled: by this
 * @throws whatever the sink throws; nothing is settled then
 */
export async function settleBySink(
	sink: Pick<Sink, 'deliver'>,
	token: string,
	given: GivenBatch,
	{ signal }: { readonly signal: AbortSignal },
): Promise<{ readonly outcome: Outcome; readonly isSettled: boolean }> {
	const requests: RequestReport[] = [];
	const outcome = await sink.deliver(batchOf(given), {
		number: given.attempt,
		startedAt: Date.now(),
		signal,
		permit: () => Promise.resolve('granted'),
		onRequest: (request) => void requests.push(request),
	});
	const settled = movePositions(outcome, given.positions ?? []);
	return { outcome, isSettled: settleToken(token, settled, requests) };
}

function batchOf({ rows, positions: _, isPart, columns, ...given }: GivenBatch): Batch {
	const { exportId, id, firstAt: receivedAt } = given;
	const key = isPart ? `${given.idempotencyKey}+${digestOf(rows)}` : given.idempotencyKey;
	return unstoredBatch(
		{
			...given,
			...(columns ? { columns } : {}),
			...{ mappingRevision: 1, output: 'record', idempotencyKey: key },
		},
		textRows(rows, { exportId, receivedAt, eventIdOf: (at) => `${id}:${at}` }),
	);
}

/** Half of a SHA-256: nobody who could make two the same gains anything. */
function digestOf(rows: readonly string[]): string {
	const hash = createHash('sha256');
	for (const row of rows) hash.update(row).update('\n');
	return hash.digest('hex').slice(0, 32);
}
