import type { Finding } from '../../../inspect/store-inspector';
import { compare, countersFound, countersOf } from '../../../inspect/compare-counters';
import { readSizeBytes, rowAt } from '../../row-codec';
import type { BatchRecord } from '../batches';
import type { Engine, ExportRecord } from '../engine';
import { type Header, readTrusted } from './walk-headers';

/** A part of a batch, and what was found of it. */
interface Claim {
	readonly seq: number;
	readonly end: number;
	/** None of a row that is held (I22). */
	readonly batch: BatchRecord | undefined;
}

interface Found {
	rows: number;
	bytes: number;
}

/**
 * Checks one export in one walk over its chunks: checksums (S50), order (I11), each row in one batch (I5), batches and counters
 * equal to what is stored (I10, I3). Memory grows with the batches, not with the rows.
 */
export function* verifyExport(
	engine: Engine,
	e: ExportRecord,
	headers: Iterable<Header>,
	batches: readonly BatchRecord[],
	held: readonly number[] = [],
): Generator<Finding> {
	const { exportId } = e;
	const finding = (rule: Finding['rule'], message: string): Finding => ({
		rule,
		exportId,
		message,
	});
	const claims = batches
		.flatMap((batch) => batch.parts.map(([seq, n]): Claim => ({ seq, end: seq + n, batch })))
		.concat(held.map((seq) => ({ seq, end: seq + 1, batch: undefined })))
		.sort((a, b) => a.seq - b.seq);
	for (const [at, claim] of claims.entries()) {
		const next = claims[at + 1];
		if (next === undefined || next.seq >= claim.end) continue;
		yield finding('I5', `row ${next.seq} is in two places: ${nameOf(claim)} and ${nameOf(next)}`);
	}
	const inBatch = new Map<BatchRecord, Found>(
		batches.map((batch) => [batch, { rows: 0, bytes: 0 }]),
	);
	const unread: Found = { rows: 0, bytes: 0 };
	const waitingForKey: Found = { rows: 0, bytes: 0 };
	let end = Number.NEGATIVE_INFINITY;
	let firstClaim = 0;
	for (const header of headers) {
		const { chunk } = header;
		const body = readTrusted(engine, e, chunk);
		// A damaged one may say that it has 10^15 rows.
		const endSeq =
			body === undefined
				? Math.min(header.endSeq, Math.max(e.nextSeq, chunk.seq + 1))
				: chunk.endSeq;
		const range = `sequence ${chunk.seq} to ${endSeq - 1}`;
		if (chunk.seq < end) yield finding('I11', `chunks overlap at ${range}`);
		end = endSeq;
		if (body === undefined) {
			yield finding('S50', `${endSeq - chunk.seq} rows are damaged (${range})`);
		}
		let left = 0;
		while ((claims[firstClaim]?.end ?? Number.POSITIVE_INFINITY) <= chunk.seq) firstClaim++;
		let at = firstClaim;
		for (let seq = chunk.seq; seq < endSeq; seq++) {
			while ((claims[at]?.end ?? Number.POSITIVE_INFINITY) <= seq) at++;
			const claim = claims[at];
			const isClaimed = claim !== undefined && claim.seq <= seq;
			const isWaiting = seq >= e.claimSeq;
			if (isClaimed && isWaiting) {
				yield finding('I5', `row ${seq} waits and is in ${nameOf(claim)}`);
			}
			if (!isClaimed && !isWaiting) continue;
			left++;
			const into = isClaimed ? (claim.batch ? inBatch.get(claim.batch) : waitingForKey) : unread;
			if (into === undefined) continue;
			into.rows++;
			if (body !== undefined) into.bytes += readSizeBytes(rowAt(body, seq - chunk.seq));
			else into.bytes = Number.NaN;
		}
		if (left !== chunk.leftCount) {
			yield finding('I10', `chunk of ${range} counts ${chunk.leftCount} rows left, ${left} are`);
		}
		if (left === 0) yield finding('I10', `chunk of ${range} has no row left and is still there`);
	}
	if (end > e.nextSeq) {
		yield finding(
			'I11',
			`rows up to sequence ${end - 1} are stored, the next would be ${e.nextSeq}`,
		);
	}
	for (const [batch, found] of inBatch) {
		// A dead letter that stands for damaged rows has none.
		if (batch.parts.length === 0) continue;
		const wrong = compare({ rows: batch.count, bytes: batch.sizeBytes }, found);
		if (wrong !== '') yield finding('I3', `batch ${batch.number}: ${wrong}`);
	}
	if (waitingForKey.rows < held.length) {
		yield finding('I3', `${held.length - waitingForKey.rows} rows are held and are not found`);
	}
	const waiting = {
		rows: unread.rows + waitingForKey.rows,
		bytes: unread.bytes + waitingForKey.bytes,
	};
	const wrong = compare(countersOf(e.tally), countersFound(waiting, waitingForKey, batches));
	if (wrong !== '') yield finding('I10', `counters are not what is stored: ${wrong}`);
}

function nameOf({ batch }: Claim): string {
	return batch === undefined ? 'what is held' : `batch ${batch.number}`;
}
