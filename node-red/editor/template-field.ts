import * as check from './check';
import { mark, nextId } from './form';
import { editTemplate } from './jsonnet-editor';
import { element } from './red';
import { askAbout, knownFault } from './template-check';
import { text } from './text';

/** Longer than the pauses between keys: what is half typed is mostly wrong. */
const TYPING_MS = 400;

export interface TemplateField {
	/** All of it, to be hidden as one. */
	readonly element: JQuery;
	/** The template as it is written. */
	read(): string;
	/** Checks again after something else has changed. */
	check(): void;
}

/** A template with a button for the large editor; what the compiler says about it is shown below. */
export function templateField(
	parent: JQuery,
	value: string,
	options: {
		/** Name of the column, for the large editor. */
		title(): string;
		isUsed(): boolean;
		/** Called when the server has answered; the verdict may be another one. */
		answered(): void;
		/** Default: that of a column. */
		readonly placeholder?: string;
	},
): TemplateField {
	const wrap = element('<div>', 'sluice-sub').appendTo(parent);
	const line = element('<div>', 'sluice-line').appendTo(wrap);
	const fault = element('<div>', 'sluice-fault')
		.attr({ id: nextId(), role: 'status' })
		.appendTo(wrap);
	const input = element('<textarea rows="3" spellcheck="false">', 'sluice-template')
		.attr({
			'aria-label': text('label.template'),
			'aria-describedby': fault.attr('id') ?? '',
			placeholder: options.placeholder ?? text('placeholder.template'),
		})
		.val(value)
		.appendTo(line);
	const expand = element(
		'<button type="button">',
		'red-ui-button red-ui-button-small sluice-expand',
	)
		.attr('aria-label', text('template.expand'))
		.append(element('<i>', 'fa fa-expand'))
		.appendTo(line);
	RED.popover.tooltip(expand, text('template.expand'));

	const read = (): string => String(input.val() ?? '');
	const show = (): void => {
		const verdict = options.isUsed() ? check.template(read()) : true;
		mark(input, verdict);
		const isFault = verdict !== true && knownFault(read()) !== undefined;
		fault.text(isFault ? verdict : '').toggle(isFault);
	};
	let timer = 0;
	const askAfter = (delayMs: number): void => {
		clearTimeout(timer);
		timer = window.setTimeout(() => {
			if (!options.isUsed()) return;
			void askAbout(read()).then(() => {
				show();
				options.answered();
			});
		}, delayMs);
	};
	input.on('input change blur', () => {
		show();
		askAfter(TYPING_MS);
	});
	expand.on('click', () =>
		editTemplate(options.title(), read(), (written) => {
			input.val(written).trigger('change');
		}),
	);
	return {
		element: wrap,
		read,
		check() {
			show();
			askAfter(0);
		},
	};
}
