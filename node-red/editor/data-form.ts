import { COLUMN_TYPES } from '../../core/pure/column-types';
import { cellLine, showCells } from './cells';
import * as check from './check';
import type { ColumnSettings, DataSettings, FieldSettings } from './check';
import { hint, mark, nextId, row, select, namedInput, typed, watch } from './form';
import { nameList, namesOf, type NameList } from './name-list';
import { offerPaths } from './path-list';
import { element } from './red';
import type { Cell } from './sample-answer';
import { templateField } from './template-field';
import { text } from './text';

export interface DataForm {
	read(): DataSettings;
	/** Beside the fields or columns, or below them where the dialog is narrow. */
	readonly beside: JQuery;
	/** The row of a sample, in the chosen fields or columns. */
	showCells(cells?: readonly Cell[]): void;
}

type Kind = DataSettings['data'];

/** What a row is made of: the whole event, what a batch has, picked fields, or columns. */
export function buildDataForm(
	parent: JQuery,
	settings: Partial<DataSettings>,
	kinds: readonly Kind[],
	changed: () => void = () => {},
	/** Columns may be marked as the key of a table. */
	o: { readonly hasKey?: boolean } = {},
): DataForm {
	const start =
		settings.data && kinds.includes(settings.data) ? settings.data : (kinds[0] ?? 'event');
	const line = row(parent, text('label.data'), 'table');
	const kind = select(
		line,
		kinds.map((value) => [value, text(`data.${value}`)] as const),
		start,
		'sluice-data',
	);
	line.prev('label').attr('for', kind.attr('id') ?? '');
	const words = hint(line);
	const area = element('<div>', 'form-row sluice-mapping').appendTo(parent);
	const body = element('<div>', 'sluice-data-body').appendTo(area);
	// A list is built when its kind is chosen; until then its settings stay as they were.
	const lists: { fields?: FieldList; columns?: ColumnList } = {};

	const show = (): void => {
		const chosen = typed(kind) as Kind;
		words.text(text(`dataHint.${chosen}`));
		if (chosen === 'fields') lists.fields ??= fieldList(body, settings.fields ?? [], changed);
		if (chosen === 'columns')
			lists.columns ??= columnList(body, settings.columns ?? [], changed, o);
		lists.fields?.element.toggle(chosen === 'fields');
		lists.columns?.element.toggle(chosen === 'columns');
		body.toggle(chosen === 'fields' || chosen === 'columns');
		changed();
	};
	kind.on('change', show);
	show();
	return {
		beside: element('<div>', 'sluice-beside').appendTo(area),
		showCells(cells) {
			const kindNow = typed(kind);
			const list = kindNow === 'fields' || kindNow === 'columns' ? lists[kindNow] : undefined;
			if (list) showCells(list.element, cells);
		},
		read: () => ({
			data: typed(kind) as Kind,
			fields: lists.fields?.read() ?? settings.fields ?? [],
			columns: lists.columns?.read() ?? settings.columns ?? [],
		}),
	};
}

type FieldList = NameList<FieldSettings>;
type ColumnList = NameList<ColumnSettings>;

function atLeastOne<T>(start: readonly T[], empty: T): readonly T[] {
	return start.length > 0 ? start : [empty];
}

function fieldList(
	parent: JQuery,
	start: readonly FieldSettings[],
	changed: () => void,
): FieldList {
	const build = (content: JQuery, value: FieldSettings, recheck: () => void) => {
		const line = element('<div>', 'sluice-line').appendTo(content);
		const name = namedInput(line, 'fieldName', 'sluice-name', value.name);
		element('<span>', 'sluice-between', '←').appendTo(line);
		const path = namedInput(line, 'path', 'sluice-path', value.path);
		name.on('change keyup paste blur', recheck);
		watch(offerPaths(path), check.bodyPath);
		path.on('change keyup paste input', changed);
		cellLine(content, name);
		return {
			check: () =>
				mark(name, check.uniqueName(text('label.fieldName'), name.val(), namesOf(content))),
			read: () => ({ name: typed(name), path: typed(path) }),
		};
	};
	const empty = { name: '', path: '' };
	const o = { className: 'sluice-fields', addLabel: text('add.field'), empty, build, changed };
	return nameList(parent, atLeastOne(start, empty), o);
}

function columnList(
	parent: JQuery,
	start: readonly ColumnSettings[],
	changed: () => void,
	o: { readonly hasKey?: boolean },
): ColumnList {
	const empty: ColumnSettings = { type: 'path', name: '' };
	return nameList(parent, atLeastOne(start, empty), {
		...{ className: 'sluice-columns', addLabel: text('add.column'), empty, changed },
		build: (content, value, recheck) => columnRow(content, value, recheck, { ...o, changed }),
	});
}

function columnRow(
	content: JQuery,
	value: ColumnSettings,
	recheck: () => void,
	o: { readonly hasKey?: boolean; readonly changed: () => void },
) {
	const line = element('<div>', 'sluice-line').appendTo(content);
	const name = namedInput(line, 'columnName', 'sluice-name', value.name);
	element('<span>', 'sluice-between', '←').appendTo(line);
	const type = select(
		line,
		COLUMN_TYPES.map((known) => [known, text(`column.${known}`)] as const),
		value.type,
		'sluice-column-type',
	).attr('aria-label', text('label.columnType'));

	const pathLine = element('<div>', 'sluice-line sluice-sub').appendTo(content);
	const path = namedInput(pathLine, 'path', 'sluice-path', value.path);
	const fallback = namedInput(pathLine, 'default', 'sluice-default', value.defaultValue);

	const template = templateField(content, value.template?.content ?? '', {
		title: () => typed(name),
		isUsed: () => typed(type) === 'template',
		answered: recheck,
	});

	const keyLine = element('<label>', 'sluice-sub sluice-check').appendTo(content);
	const key = element('<input type="checkbox">', 'sluice-key-mark')
		.attr('id', nextId())
		.prop('checked', value.primaryKey === true)
		.appendTo(keyLine);
	keyLine.append(' ', document.createTextNode(text('label.primaryKey'))).toggle(o.hasKey === true);
	cellLine(content, name);

	name.on('change keyup paste blur', recheck);
	watch(offerPaths(path), (written) => (typed(type) === 'path' ? check.bodyPath(written) : true));
	const show = (): void => {
		const chosen = typed(type);
		pathLine.toggle(chosen === 'path');
		template.element.toggle(chosen === 'template');
		template.check();
	};
	type.on('change', show);
	show();
	content.on('change keyup paste input', 'input, select, textarea', o.changed);
	return {
		check: () =>
			mark(name, check.uniqueName(text('label.columnName'), name.val(), namesOf(content))),
		read: () => readColumn(),
	};

	function readColumn(): ColumnSettings {
		const column: ColumnSettings = { type: typed(type), name: typed(name) };
		if (key.prop('checked') === true) column.primaryKey = true;
		if (column.type === 'path') {
			column.path = typed(path);
			if (fallback.val() !== '') column.defaultValue = String(fallback.val());
		}
		if (column.type === 'template') {
			column.template = { language: 'jsonnet', content: template.read() };
		}
		// Nothing of it is seen in records; what was written by hand stays.
		if (value.rawString === true && (column.path ?? column.template) !== undefined)
			column.rawString = true;
		return column;
	}
}
