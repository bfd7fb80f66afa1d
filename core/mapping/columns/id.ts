import type { CompileColumn } from './column-renderer';

/** The number of the row in its export (K80). Unknown until the store gives it; the sink fills it in then. */
export const id: CompileColumn = () => ({
	cell: (_event, { rowId }) => (rowId === undefined ? null : String(rowId)),
	value: (_event, { rowId }) => rowId ?? null,
});
