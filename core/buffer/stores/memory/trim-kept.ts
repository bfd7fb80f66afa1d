import { type MemoryExport, type MemoryState, takeWaiting } from './state';

/** The oldest kept events beyond the bounds of their export (`StoredExport.kept`). */
export function trimKept({ time }: Pick<MemoryState, 'time'>, e: MemoryExport): void {
	const { kept } = e.config;
	if (kept === undefined) return;
	const bornBefore = time.bornBefore(kept.ageMs);
	let { bytes } = e.tally;
	let count = 0;
	for (const { row, arrivedAt } of e.waiting) {
		if (bytes <= kept.bytes && arrivedAt > bornBefore) break;
		bytes -= row.sizeBytes;
		count++;
	}
	if (count > 0) takeWaiting(e, count);
	e.tally.purgedTotal += count;
}
