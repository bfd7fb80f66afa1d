/** What a column of a table may hold, in the order to show it. */
export const CELL_TYPES = ['text', 'number', 'boolean', 'timestamp', 'json'] as const;

export type CellType = (typeof CELL_TYPES)[number];
