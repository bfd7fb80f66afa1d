import {
	isSecretName,
	keyOf,
	liesInClear,
	readSecretValues,
	writeSecretValues,
	type SavedHeader,
} from '../runtime/forward-headers';
import * as check from './check';
import { namedInput, typed, watch } from './form';
import { addListItem, element, makeEditable, type EditorNode } from './red';
import { text } from './text';

interface Row extends Partial<SavedHeader> {
	readonly isNew?: boolean;
}

/** The headers of a forward node. A secret one is locked: its value is masked, and kept with the credentials. */
export function buildHeaderList(list: JQuery, node: EditorNode): void {
	const values = readSecretValues(node.credentials?.['secretHeaders']);
	makeEditable(list, {
		addButton: text('add.header'),
		height: 'auto',
		sortable: true,
		removable: true,
		scrollOnAdd: false,
		addItem: (content, _index, data: Row) => addRow(content, data, values),
	});
	const headers = Array.isArray(node['headers']) ? (node['headers'] as SavedHeader[]) : [];
	for (const header of headers) addListItem(list, { ...header });
}

/** Writes the list into the node: names and plain values to the flow, secret values to the credentials. */
export function saveHeaderList(list: JQuery, node: EditorNode): void {
	const secrets = new Map<string, string>();
	node['headers'] = list
		.children()
		.toArray()
		.map((li): SavedHeader => {
			const name = typed($(li).find('.sluice-name'));
			const value = String($(li).find('.sluice-value').val() ?? '');
			if (!isLocked($(li)))
				return { name, value, ...(isSecretName(name) ? { secret: false } : {}) };
			secrets.set(keyOf(name), value);
			return { name, secret: true };
		});
	const written = writeSecretValues(secrets);
	// Node-RED compares the credentials before and after; nothing and an empty text would be a change.
	if (written === (node.credentials?.['secretHeaders'] ?? '')) return;
	node.credentials = { ...node.credentials, secretHeaders: written };
}

/** What is wrong with the headers as the flow holds them, for Node-RED. */
export function checkHeaderList(value: unknown): true | readonly string[] {
	const list = Array.isArray(value) ? (value as SavedHeader[]) : [];
	const label = text('label.headerName');
	const names = list.map(({ name }) => keyOf(name ?? ''));
	return check.all([
		...list.flatMap((header) => check.failures(check.headerName(header.name, label))),
		...check.failures(...names.map((name) => (name ? check.uniqueName(label, name, names) : true))),
		...list.filter(liesInClear).map(({ name }) => text('error.headerInClear', { name })),
	]);
}

function addRow(content: JQuery, data: Row, values: ReadonlyMap<string, string>): void {
	const line = element('<div>', 'sluice-line').appendTo(content);
	const name = namedInput(line, 'headerName', 'sluice-name', data.name);
	element('<span>', 'sluice-between', ':').appendTo(line);
	const saved = data.secret === true ? (values.get(keyOf(data.name ?? '')) ?? '') : data.value;
	const value = namedInput(line, 'headerValue', 'sluice-value', saved);
	const lock = element('<button type="button">', 'red-ui-button sluice-lock').appendTo(line);
	const icon = element('<i>').appendTo(lock);
	const set = (locked: boolean): void => {
		const words = text(locked ? 'header.locked' : 'header.open');
		lock.attr({ 'aria-pressed': String(locked), 'aria-label': words, title: words });
		icon.attr('class', locked ? 'fa fa-lock' : 'fa fa-unlock-alt');
		value.attr('type', locked ? 'password' : 'text');
		value.attr('autocomplete', locked ? 'new-password' : 'off');
	};
	let chosen = data.secret !== undefined;
	set(data.secret ?? liesInClear({ name: data.name ?? '', value: data.value ?? '' }));
	lock.on('click', () => {
		chosen = true;
		set(!isLocked(line));
		checkValue();
	});
	name.on('change keyup paste', () => {
		if (!chosen) set(isSecretName(typed(name)));
	});
	watch(name, (written) => check.headerName(written, text('label.headerName')));
	const checkValue = watch(value, (written) =>
		isLocked(line) && !written ? text('error.headerSecretMissing') : check.headerValue(written),
	);
	if (data.name === undefined) name.trigger('focus');
}

function isLocked(row: JQuery): boolean {
	return row.find('.sluice-lock').addBack('.sluice-lock').attr('aria-pressed') === 'true';
}
