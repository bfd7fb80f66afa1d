import {
	ACK_TIMEOUT_MS,
	inSeconds,
	MAX_EXPORTS,
	NODE_CONDITIONS,
	RETRY,
} from '../../core/pure/bounds';
import { bufferFaults, type FlowBuffer as BufferSettings } from './buffer-check';
import * as check from './check';
import { buildBufferForm, type BufferForm } from './buffer-form';
import { mark, row, textInput, typed } from './form';
import { checkTemplates } from './node-templates';
import { removedBuffers } from './removed-buffers';
import type { DialogSample } from './sample';
import { addListItem, element, makeEditable, type EditorNode } from './red';
import { text } from './text';

export interface BufferList {
	read(): BufferSettings[];
}

interface Item {
	settings: BufferSettings;
	/** Key in the output map: the output it has in the saved node, or a number no output has. */
	key: number;
	saved: boolean;
	/** Of one that is added: what it is a copy of. */
	like?: Omit<BufferSettings, 'id' | 'label'>;
	form?: BufferForm;
	label?: JQuery;
	refresh?: () => void;
}

const FIRST_NEW_KEY = 100_000;

/** A buffer as it is when it is added. */
function newBuffer(label: string): BufferSettings {
	return {
		id: RED.nodes.id(),
		label,
		data: 'event',
		fields: [],
		columns: [],
		...NODE_CONDITIONS,
		done: 'auto',
		ackTimeoutSeconds: inSeconds(ACK_TIMEOUT_MS).fallback,
		retryDelays: RETRY.delays,
		onMappingError: 'reject',
		numbers: 'double',
		batchAs: 'rows',
		batchFormat: 'ndjson',
		batchCsvHeader: true,
	};
}

/**
 * The buffers of a receiver, one output each. The hidden input `outputs` carries Node-RED's output map (old output → new one,
 * -1 removed), by which wires and labels follow their buffer.
 */
export function buildBufferList(
	list: JQuery,
	{
		node,
		sample,
		outputs,
	}: { readonly node: EditorNode; readonly sample: DialogSample; readonly outputs: JQuery },
): BufferList {
	let lastKey = FIRST_NEW_KEY;
	const removed = new Set<number>();
	const gone = removedBuffers(list, node);
	const contents = (): JQuery[] =>
		list
			.children()
			.toArray()
			.map((li) => $(li).children('.red-ui-editableList-item-content'));
	const items = (): Item[] => contents().map((content) => content.data('data') as Item);

	const renumber = (): void => {
		const map: Record<string, number> = {};
		for (const key of removed) map[key] = -1;
		items().forEach((item, index) => {
			map[item.key] = index;
			item.refresh?.();
		});
		outputs.val(JSON.stringify(map)).trigger('change');
		const amount = list.children().length;
		list.toggleClass('sluice-single', amount === 1);
		list
			.closest('.red-ui-editableList')
			.children('.red-ui-editableList-addButton')
			.add(list.find('.sluice-copy-buffer'))
			.prop('disabled', amount >= MAX_EXPORTS);
	};

	makeEditable(list, {
		addButton: text('add.buffer'),
		height: 'auto',
		sortable: true,
		removable: true,
		scrollOnAdd: false,
		addItem(content, _index, data: Partial<Item>) {
			const isNew = data.settings === undefined;
			if (isNew) {
				lastKey += 1;
				data.key = lastKey;
				data.settings = { ...newBuffer(freeLabel(items())), ...data.like };
			}
			const item = data as Item;
			item.settings.id ||= RED.nodes.id();
			buildItem(content, item, {
				...{ node, sample, items },
				index: () => items().indexOf(item),
				copy: () => {
					const { id: _, label: __, ...settings } = readItem(item);
					addNew(settings);
				},
			});
			if (isNew) content.find('.sluice-buffer-head').trigger('click');
			renumber();
		},
		removeItem(item: Item) {
			if (item.saved) {
				removed.add(item.key);
				const settings = readItem(item);
				gone.add(settings, () => {
					removed.delete(item.key);
					addListItem(list, { settings, key: item.key, saved: true });
				});
			}
			renumber();
		},
		sortItems: renumber,
	});
	const addNew = (like: Item['like']): void => addListItem(list, { like });
	const saved = (Array.isArray(node['buffers']) ? node['buffers'] : []) as BufferSettings[];
	saved.forEach((settings, key) => {
		addListItem(list, { settings: { ...settings }, key, saved: true });
	});
	return { read: () => items().map(readItem) };
}

interface Around {
	readonly node: EditorNode;
	index(): number;
	readonly sample: DialogSample;
	items(): Item[];
	/** Adds another buffer with the settings of this one. */
	copy(): void;
}

function buildItem(content: JQuery, item: Item, around: Around): void {
	content.addClass('sluice-buffer');
	const head = element('<div>', 'sluice-buffer-head')
		.attr({ role: 'button', tabindex: 0, 'aria-expanded': 'false' })
		.appendTo(content);
	element('<i>', 'fa fa-angle-right').appendTo(head);
	const title = element('<span>', 'sluice-buffer-label').appendTo(head);
	const summary = element('<span>', 'sluice-buffer-summary').appendTo(head);
	const output = element('<span>', 'sluice-buffer-output').appendTo(head);
	const body = element('<div>', 'sluice-buffer-body').hide().appendTo(content);

	item.refresh = () => {
		const settings = readItem(item);
		const labels = around.items().map((other) => readItem(other).label);
		const label = check.uniqueName(text('label.label'), settings.label, labels);
		if (item.label) mark(item.label, label);
		const wrong = [...check.failures(label), ...bufferFaults(settings)];
		title.text(settings.label || text('buffer.unnamed'));
		summary.text(
			[
				settings.count === 1
					? text('buffer.event')
					: text('buffer.events', { amount: settings.count }),
				settings.time,
				settings.size,
				text(`data.${settings.data}`).toLowerCase(),
			].join(' · '),
		);
		output.text(`→ ${around.index() + 1}`);
		head.toggleClass('sluice-wrong', wrong.length > 0);
	};
	// A buffer that is never opened shows no field that would ask.
	void checkTemplates(item.settings).then(() => item.refresh?.());
	const refreshAll = (): void => {
		for (const other of around.items()) other.refresh?.();
	};
	const open = (): void => {
		const isOpen = body.is(':visible');
		// Built when it is first opened: 20 buffers of 100 columns would take seconds.
		if (!item.form) {
			const line = element('<div>', 'sluice-with-button').appendTo(
				row(body, text('label.label'), 'tag'),
			);
			const label = textInput(line, { className: 'sluice-label', value: item.settings.label });
			element('<button type="button">', 'red-ui-button sluice-copy-buffer', text('buffer.copy'))
				.on('click', around.copy)
				.prop('disabled', around.items().length >= MAX_EXPORTS)
				.appendTo(line);
			item.label = label;
			label.on('change keyup paste blur', refreshAll);
			item.form = buildBufferForm(body, item.settings, {
				...{ node: around.node, sample: around.sample },
				...(item.saved ? { bufferId: item.settings.id, output: item.key } : {}),
				fedBy: 'pushes',
				changed: () => item.refresh?.(),
			});
		}
		body.toggle(!isOpen);
		head.attr('aria-expanded', String(!isOpen)).toggleClass('sluice-open', !isOpen);
		item.refresh?.();
		RED.tray.resize();
	};
	head.on('click', open).on('keydown', (event) => {
		if (event.key !== 'Enter' && event.key !== ' ') return;
		event.preventDefault();
		open();
	});
}

function readItem(item: Item): BufferSettings {
	const { settings, form, label } = item;
	return {
		...settings,
		...form?.read(),
		label: label ? typed(label) : (settings.label ?? ''),
	};
}

function freeLabel(items: readonly Item[]): string {
	const taken = new Set(items.map((item) => item.settings && readItem(item).label));
	for (let number = items.length; ; number += 1) {
		const label = text('buffer.newLabel', { number });
		if (!taken.has(label)) return label;
	}
}
