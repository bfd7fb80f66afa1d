/** Types of a table's columns, and which of them are its key: a line for each column that is known. */
import { CELL_TYPES } from '../../core/pure/cell-type-names';
import { hint, nextId, select, typed } from './form';
import { element } from './red';
import { text } from './text';

/** As they are saved: types but text, and names. */
export interface TableColumns {
	readonly columnTypes: readonly { readonly name: string; readonly type: string }[];
	readonly primaryKey: readonly string[];
}

/** Columns as they are now. */
export interface KnownColumns {
	readonly names: readonly string[];
	/** Those that the buffers mark as their key. */
	readonly marked: readonly string[];
	/** Others may come, too. */
	readonly isOpen: boolean;
}

export interface TableColumnsForm {
	/** Shows what is known by now. */
	refresh(): void;
	read(): TableColumns;
}

export function buildTableColumns(
	parent: JQuery,
	saved: Partial<TableColumns>,
	{ known, changed }: { readonly known: () => KnownColumns; readonly changed: () => void },
): TableColumnsForm {
	const types = new Map((saved.columnTypes ?? []).map(({ name, type }) => [name, type]));
	const keys = new Set(saved.primaryKey ?? []);
	element('<div>', 'sluice-list-title sluice-group', text('tableColumns.title')).appendTo(parent);
	const body = element('<div>').appendTo(parent);
	const marks = hint(parent);
	let shown = '';
	/** What was saved counts for columns that may still come. */
	const names = (): readonly string[] => {
		const { names: now, isOpen } = known();
		return [...new Set([...now, ...(isOpen ? [...types.keys(), ...keys] : [])])].filter(
			(name) => name !== '',
		);
	};
	const refresh = (): void => {
		const { marked } = known();
		const words = { names: marked.join(', ') };
		marks.text(text('tableColumns.marked', words)).toggle(marked.length > 0);
		const all = names();
		if (JSON.stringify(all) === shown) return;
		shown = JSON.stringify(all);
		body.empty();
		if (all.length === 0) return void hint(body, text('tableColumns.none'));
		const table = element('<table>', 'sluice-table-columns').appendTo(body);
		const head = element('<tr>').appendTo(element('<thead>').appendTo(table));
		for (const one of ['name', 'type', 'key'])
			element('<th>', '', text(`tableColumns.${one}`))
				.attr('scope', 'col')
				.appendTo(head);
		const lines = element('<tbody>').appendTo(table);
		for (const name of all) buildLine(lines, name);
	};
	const buildLine = (lines: JQuery, name: string): void => {
		const line = element('<tr>').appendTo(lines);
		element('<td>', 'sluice-table-column', name).appendTo(line);
		const type = select(
			element('<td>').appendTo(line),
			CELL_TYPES.map((one) => [one, text(`cellType.${one}`)] as const),
			types.get(name) ?? 'text',
		).attr('aria-label', text('tableColumns.typeOf', { name }));
		type.on('change', () => {
			types.set(name, typed(type));
			changed();
		});
		const key = element('<input type="checkbox">')
			.attr({ id: nextId(), 'aria-label': text('tableColumns.keyOf', { name }) })
			.prop('checked', keys.has(name))
			.appendTo(element('<td>').appendTo(line));
		key.on('change', () => {
			if (key.prop('checked') === true) keys.add(name);
			else keys.delete(name);
			changed();
		});
	};
	refresh();
	return {
		refresh,
		read() {
			const all = names();
			return {
				columnTypes: all.flatMap((name) => {
					const type = types.get(name) ?? 'text';
					return type === 'text' ? [] : [{ name, type }];
				}),
				primaryKey: all.filter((name) => keys.has(name)),
			};
		},
	};
}
