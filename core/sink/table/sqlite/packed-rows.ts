import type { TableRow } from '../table-database';

/**
 * A slice of rows on its way to the thread that writes them: one long text costs a fifth of as many objects. No cell holds the character
 * NUL (`writeCell`), which stands between them.
 */
export interface PackedRows {
	readonly cells: string;
	/** Of each row. */
	readonly width: number;
	readonly positions: readonly number[];
	/** Indices of cells without a value, and of rows that delete. */
	readonly nulls: readonly number[];
	readonly deletes: readonly number[];
}

const BETWEEN = '\0';

export function packRows(rows: readonly TableRow[]): PackedRows {
	const width = rows[0]?.cells.length ?? 0;
	const all: string[] = [];
	const nulls: number[] = [];
	const deletes: number[] = [];
	for (const [i, { cells, isDelete }] of rows.entries()) {
		if (isDelete) deletes.push(i);
		for (const cell of cells) {
			if (cell === null) nulls.push(all.length);
			all.push(cell ?? '');
		}
	}
	const positions = rows.map(({ position }) => position);
	return { cells: all.join(BETWEEN), width, positions, nulls, deletes };
}

export function unpackRows({ cells, width, positions, nulls, deletes }: PackedRows): TableRow[] {
	const all: (string | null)[] = cells.split(BETWEEN);
	for (const index of nulls) all[index] = null;
	const deleting = new Set(deletes);
	return positions.map((position, i) => ({
		position,
		isDelete: deleting.has(i),
		cells: all.slice(i * width, (i + 1) * width),
	}));
}
