import { sequenceName } from '../key-bytes';
import { readSequenceKey, type RowPlaces, rowAt } from '../row-codec';

/** Rows `from` … `end` of a chunk that go the same way. */
export interface Run<Way> {
	readonly from: number;
	end: number;
	readonly way: Way;
}

/** Cuts the first `count` rows into runs; rows without a way are in none. */
export function runsOf<Way>(count: number, wayOf: (index: number) => Way | undefined): Run<Way>[] {
	const runs: Run<Way>[] = [];
	for (let index = 0; index < count; index++) {
		const way = wayOf(index);
		if (way === undefined) continue;
		const last = runs.at(-1);
		if (last?.end === index && last.way === way) last.end++;
		else runs.push({ from: index, end: index + 1, way });
	}
	return runs;
}

/** The name of the key of a row in a chunk. */
export function keyAt(found: RowPlaces, index: number): string | undefined {
	const key = readSequenceKey(rowAt(found, index));
	return key === undefined ? undefined : sequenceName(key);
}
