import type { Batch, DeadLetter } from '../../store';
import { batchKey } from '../batch-key';
import { showFailure, unknownFailure } from '../kept-failure';
import type { Claimed } from './claim';
import type { Dead } from './dead-letters';
import type { Engine } from './engine';

/** A claimed batch as the contract gives it. */
export function showBatch(
	{ storeId }: Pick<Engine, 'storeId'>,
	claimed: Claimed,
	rows: Batch['rows'],
): Batch {
	const { number, reason, attempts, lease } = claimed;
	return {
		id: String(number),
		...identityOf(storeId, claimed),
		reason,
		attempt: attempts,
		lease,
		rows,
	};
}

/** A dead letter as the contract gives it. */
export function showDead(
	{ storeId, clock }: Pick<Engine, 'storeId' | 'clock'>,
	dead: Dead,
	rows: DeadLetter['rows'],
): DeadLetter {
	const { number, attempts, deadAt, failure = unknownFailure(deadAt), answer } = dead;
	const toWall = (at: number) => clock.toLocal(at);
	return {
		batchId: String(number),
		...identityOf(storeId, dead),
		attempts,
		deadAt: toWall(deadAt),
		error: showFailure(failure, toWall, answer),
		rows,
	};
}

function identityOf(storeId: string, batch: Claimed | Dead) {
	const { exportId, mappingRevision, output, columns, number, salt } = batch;
	const { count, sizeBytes, firstAt, lastAt } = batch;
	return {
		exportId,
		mappingRevision,
		output,
		...(columns ? { columns } : {}),
		count,
		sizeBytes,
		firstAt,
		lastAt,
		idempotencyKey: batchKey(storeId, exportId, number, salt),
	};
}
