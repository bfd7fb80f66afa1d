import { text } from './text';
import type { Verdict } from './check';
import { element } from './red';

let lastId = 0;

/** An id for an input that Node-RED does not manage. */
export function nextId(): string {
	lastId += 1;
	return `sluice-field-${lastId}`;
}

/** Shows what is wrong with an input in Node-RED's own way: a red frame, and the message as its tooltip. */
export function mark(input: JQuery, verdict: Verdict): void {
	const tooltip = input.data('tooltip') as ReturnType<typeof RED.popover.tooltip> | undefined;
	const wrong = verdict !== true;
	input.toggleClass('input-error', wrong).attr('aria-invalid', String(wrong));
	if (wrong) {
		if (tooltip) tooltip.setContent(verdict);
		else input.data('tooltip', RED.popover.tooltip(input, verdict));
	} else if (tooltip) {
		input.removeData('tooltip');
		tooltip.delete();
	}
}

/** Checks an input now and after every change of it. Returns the check, for inputs that depend on others. */
export function watch(input: JQuery, check: (value: unknown) => Verdict): () => void {
	const run = (): void => mark(input, check(input.val()));
	input.on('change keyup paste blur', run);
	run();
	return run;
}

/** A line of a dialog: label left, content right. */
export function row(parent: JQuery, label: string, icon = '', forId = ''): JQuery {
	const line = element('<div>', 'form-row sluice-row').appendTo(parent);
	const name = element('<label>').appendTo(line);
	if (forId) name.attr('for', forId);
	if (icon) name.append(element('<i>', `fa fa-${icon}`), ' ');
	name.append(element('<span>', '', label));
	return element('<div>', 'sluice-row-content').appendTo(line);
}

export interface InputOptions {
	className?: string;
	value?: unknown;
	placeholder?: string;
	ariaLabel?: string;
}

export function textInput(parent: JQuery, options: InputOptions = {}): JQuery {
	const input = element('<input type="text">', options.className).attr('id', nextId());
	if (options.placeholder !== undefined) input.attr('placeholder', options.placeholder);
	if (options.ariaLabel !== undefined) input.attr('aria-label', options.ariaLabel);
	return input
		.attr('autocomplete', 'off')
		.val(String(options.value ?? ''))
		.appendTo(parent);
}

/** A text field that says by itself what it is for, by the texts `placeholder.<name>` and `label.<name>`. */
export function namedInput(
	parent: JQuery,
	name: string,
	className: string,
	value?: unknown,
): JQuery {
	const placeholder = text(`placeholder.${name}`);
	return textInput(parent, { className, value, placeholder, ariaLabel: text(`label.${name}`) });
}

export function select(
	parent: JQuery,
	choices: readonly (readonly [value: string, label: string])[],
	value: string,
	className = '',
): JQuery {
	const made = element('<select>', className).attr('id', nextId());
	for (const [choice, label] of choices) {
		element('<option>', '', label).attr('value', choice).appendTo(made);
	}
	return made.val(value).appendTo(parent);
}

/** A box to check, with its words behind it. */
export function checkbox(content: JQuery, label: string, checked: boolean): JQuery {
	const id = nextId();
	const box = element('<input type="checkbox">').attr('id', id).prop('checked', checked);
	const words = element('<label>', 'sluice-inline', label).attr('for', id);
	content.append(box, words, ' ');
	return box;
}

/** One line of small print. */
export function hint(parent: JQuery, words = ''): JQuery {
	return element('<div>', 'sluice-hint', words).appendTo(parent);
}

/** Digit strings become numbers; anything else stays as typed, so that a wrong value is kept and shown as wrong. */
export function numeric(written: unknown): number | string {
	const value = String(written ?? '').trim();
	return /^\d+$/.test(value) ? Number(value) : value;
}

export function typed(input: JQuery): string {
	return String(input.val() ?? '').trim();
}

/** A part that is rarely used; `prepare` folds it once it is filled. */
export function fold(parent: JQuery, label: string): { readonly body: JQuery; prepare(): void } {
	const made = element('<div>', 'sluice-fold').appendTo(parent);
	element('<div>', 'sluice-fold-head')
		.append(element('<span>', '', label))
		.appendTo(made);
	const body = element('<div>', 'sluice-fold-body').appendTo(made);
	return { body, prepare: () => prepareFolds(parent) };
}

/** Folds what is rarely used. Every `.sluice-fold` of a dialog opens by its first line. */
export function prepareFolds(root: JQuery): void {
	root.find('.sluice-fold').each((_, fold) => {
		// Some are built, and folded, before the rest of their dialog.
		if ($(fold).children('[role="button"]').length > 0) return;
		const head = $(fold).children('.sluice-fold-head').attr({ role: 'button', tabindex: 0 });
		head.prepend(element('<i>', 'fa fa-angle-right'), ' ');
		const show = (open: boolean): void => {
			$(fold).toggleClass('sluice-open', open);
			head.attr('aria-expanded', String(open));
		};
		// A wrong value must not hide.
		show($(fold).find('.input-error').length > 0);
		const toggle = (): void => {
			show(!$(fold).hasClass('sluice-open'));
			RED.tray.resize();
		};
		head.on('click', toggle).on('keydown', (event) => {
			if (event.key !== 'Enter' && event.key !== ' ') return;
			event.preventDefault();
			toggle();
		});
	});
}

/** A button that copies a text, and says that it did. */
export function copyButton(
	parent: JQuery,
	label: string,
	copied: string,
	value: () => string,
): void {
	const button = element('<button type="button">', 'red-ui-button red-ui-button-small sluice-copy')
		.attr({ 'aria-label': label, title: label })
		.append(element('<i>', 'fa fa-clipboard'))
		.appendTo(parent);
	button.on('click', () => {
		void copy(value()).then((done) => {
			if (!done) return;
			const show = (icon: string, words: string): void => {
				button
					.attr({ 'aria-label': words, title: words })
					.children('i')
					.attr('class', `fa ${icon}`);
			};
			show('fa-check', copied);
			setTimeout(() => show('fa-clipboard', label), 1_500);
		});
	});
}

async function copy(value: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(value);
		return true;
	} catch {
		// Editors served over plain HTTP from another host have no clipboard API.
		const area = element('<textarea>', 'sluice-offscreen').val(value).appendTo(document.body);
		area.trigger('select');
		const done = document.execCommand('copy');
		area.remove();
		return done;
	}
}
