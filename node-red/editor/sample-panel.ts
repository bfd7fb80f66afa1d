import { askServer, type Question } from './admin-api';
import { dryRunPart } from './dry-run-part';
import { hint, nextId } from './form';
import { fillPaths } from './path-list';
import { element } from './red';
import type { DialogSample, Sample } from './sample';
import type { Cell, Fault, SampleAnswer } from './sample-answer';
import { text } from './text';

/** Longer than the pauses between keys. */
const TYPING_MS = 350;

export interface SamplePanel {
	/** Looks again, after something of the mapping has changed. */
	refresh(): void;
}

interface Options {
	readonly nodeId: string;
	readonly sample: DialogSample;
	/** Of the deployed buffer, for a dry run; absent where the node has none. */
	readonly bufferId?: string | undefined;
	/** Whether the runtime remembers what came to the node; default: it does. */
	readonly hasLast?: boolean;
	/** What gets the row; default: the flow. */
	readonly to?: 'flow' | 'request' | 'table' | 'file';
	/** What decides over rows, as it is typed now. */
	readonly mapping: () => object;
	readonly showCells: (cells?: readonly Cell[]) => void;
}

/** Beside a mapping: a sample event, whether the filter takes it, and what the flow would get of it, as the runtime itself renders it. */
export function buildSamplePanel(parent: JQuery, o: Options): SamplePanel {
	const { sample } = o;
	const panel = element('<div>', 'sluice-sample').appendTo(parent);
	const head = element('<div>', 'sluice-sample-head').appendTo(panel);
	const id = nextId();
	element('<label>', 'sluice-list-title', text('sample.title')).attr('for', id).appendTo(head);
	const step = stepper(head, sample);
	const last = element('<button type="button">', 'red-ui-button red-ui-button-small')
		.text(text('sample.last'))
		.toggle(o.hasLast !== false)
		.appendTo(head);
	const body = area(panel, 'sluice-sample-body', sample.read().body).attr({
		id,
		rows: 4,
		placeholder: text(`sample.placeholder.${sample.receiver ? 'pushes' : 'messages'}`),
	});
	const headers = sample.receiver && headerPart(panel, sample.read().headers);
	const said = element('<div>', 'sluice-sample-said')
		.attr({ role: 'status', 'aria-live': 'polite' })
		.appendTo(panel);
	const gets = element('<div>', 'sluice-sample-gets').appendTo(panel);
	if (o.bufferId !== undefined) dryRunPart(panel, { ...o, bufferId: o.bufferId });

	let timer = 0;
	let asked = '';
	let question: Question<SampleAnswer> | undefined;
	const read = (): Sample => ({
		body: String(body.val() ?? ''),
		headers: String(headers?.val() ?? ''),
	});
	const show = (answer?: SampleAnswer | { readonly error: string }): void => {
		const found = answer && 'count' in answer ? answer : undefined;
		said.empty().toggleClass('sluice-sample-old', false);
		gets.empty();
		if (answer && 'error' in answer) say(said, 'warning', answer.error);
		if (!answer) hint(said, text('sample.none'));
		if (found) showVerdict(said, found);
		if (found) fillPaths(found.paths);
		step.show(found?.count ?? 0);
		o.showCells(found?.mapping?.cells);
		showGets(gets, found?.mapping?.gets, o.to);
		RED.tray.resize();
	};
	const look = (): void => {
		// A buffer that is folded, or a page that is turned away, looks when it is opened.
		if (!panel.is(':visible')) return;
		const { position, receiver } = sample;
		const request = {
			mapping: o.mapping(),
			sample: read(),
			position,
			...(receiver ? { receiver: receiver() } : {}),
		};
		const next = JSON.stringify(request);
		if (next === asked) return;
		asked = next;
		question?.abort();
		question = undefined;
		if (request.sample.body === '') return show();
		said.addClass('sluice-sample-old');
		const mine = askServer<SampleAnswer>('sluice/sample', request);
		question = mine;
		void mine.answer.then((answer) => {
			if (question === mine && panel.closest('body').length > 0) show(answer);
		});
	};
	const refresh = (): void => {
		clearTimeout(timer);
		timer = window.setTimeout(look, TYPING_MS);
	};
	body.add(headers ?? []).on('input', () => {
		sample.position = 0;
		sample.write(read());
	});
	sample.onChange(() => {
		const { body: written, headers: lines } = sample.read();
		if (written !== body.val()) body.val(written);
		if (headers && lines !== headers.val()) headers.val(lines);
		refresh();
	});
	last.on('click', () => {
		last.prop('disabled', true);
		void askServer<{ readonly sample?: Sample; readonly receivedAt?: number }>(
			`sluice/sample/${encodeURIComponent(o.nodeId)}`,
		)
			.answer.then((answer) => {
				if ('error' in answer) return void say(said.empty(), 'warning', answer.error);
				if (!answer.sample) return void say(said.empty(), 'info-circle', text('sample.noLast'));
				sample.position = 0;
				sample.write(answer.sample);
			})
			.finally(() => last.prop('disabled', false));
	});
	show();
	whenShown(panel, refresh);
	return { refresh };
}

/** A panel is shown with its buffer or its page, and something of it may have been changed elsewhere meanwhile. */
function whenShown(panel: JQuery, shown: () => void): void {
	let isShown = false;
	const observer = new ResizeObserver(() => {
		const wasShown = isShown;
		isShown = panel.is(':visible');
		if (isShown && !wasShown) shown();
	});
	panel.each((_, one) => observer.observe(one));
}

function area(parent: JQuery, className: string, value: string): JQuery {
	return element('<textarea>', `sluice-sample-text ${className}`)
		.attr('spellcheck', 'false')
		.val(value)
		.appendTo(parent);
}

function headerPart(parent: JQuery, value: string): JQuery {
	const part = element('<details>', 'sluice-sample-headers').appendTo(parent);
	element('<summary>', '', text('sample.headers')).appendTo(part);
	return area(part, '', value).attr({
		rows: 2,
		placeholder: text('sample.headersPlaceholder'),
		'aria-label': text('sample.headers'),
	});
}

/** Which of several events is shown. */
function stepper(parent: JQuery, sample: DialogSample): { show(count: number): void } {
	const line = element('<span>', 'sluice-sample-step').hide().appendTo(parent);
	let amount = 0;
	const move = (icon: string, label: string, by: number): void =>
		void element('<button type="button">', 'red-ui-button red-ui-button-small')
			.attr({ 'aria-label': label, title: label })
			.append(element('<i>', `fa fa-${icon}`))
			.on('click', () => {
				sample.position = Math.min(Math.max(0, sample.position + by), amount - 1);
				sample.changed();
			})
			.appendTo(line);
	move('angle-left', text('sample.previous'), -1);
	const words = element('<span>').appendTo(line);
	move('angle-right', text('sample.next'), 1);
	return {
		show(count) {
			amount = count;
			line.toggle(count > 1);
			words.text(text('sample.position', { position: sample.position + 1, count }));
		},
	};
}

function showVerdict(
	parent: JQuery,
	{ fault, count, mapping, mismatch, unreadable }: SampleAnswer,
): void {
	if (fault)
		return void say(parent, 'times-circle', text('sample.refused', { message: placed(fault) }));
	if (!mapping)
		return void say(parent, 'info-circle', text(count === 0 ? 'sample.noEvent' : 'sample.none'));
	const { filter, fault: whole, cells, gets } = mapping;
	if (unreadable)
		say(parent, 'warning', text('sample.unreadable', { message: placed(unreadable) }));
	if (mismatch) say(parent, 'warning', text('sample.mismatch', { message: placed(mismatch) }));
	if (filter.became === 'leftOut') return void say(parent, 'filter', text('sample.leftOut'));
	if (filter.fault)
		say(parent, 'times-circle', text('sample.filterFails', { message: placed(filter.fault) }));
	if (whole) say(parent, 'times-circle', placed(whole));
	if (cells.some((cell) => cell.fault)) say(parent, 'times-circle', text('sample.fails'));
	if (gets) say(parent, 'check-circle', text('sample.taken'));
}

function placed({ message, line, column }: Fault): string {
	return line === undefined ? message : text('sample.at', { line, column, message });
}

const LEVELS: Readonly<Record<string, string>> = {
	'check-circle': 'well',
	'times-circle': 'fault',
};

function say(parent: JQuery, icon: string, words: string): void {
	element('<div>', `sluice-sample-verdict sluice-sample-${LEVELS[icon] ?? 'note'}`)
		.append(element('<i>', `fa fa-${icon}`), ' ', element('<span>', '', words))
		.appendTo(parent);
}

function showGets(
	parent: JQuery,
	gets: NonNullable<SampleAnswer['mapping']>['gets'],
	to: Options['to'] = 'flow',
): void {
	if (!gets) return;
	const key = to === 'flow' ? `gets.${gets.as}` : gets.as === 'record' ? 'row' : `alone.${to}`;
	element('<div>', 'sluice-caption', text(`sample.${key}`)).appendTo(parent);
	element('<pre>', 'sluice-tested-part sluice-tested-body', gets.text).appendTo(parent);
	if (gets.isCut) hint(parent, text('sample.cut'));
}
