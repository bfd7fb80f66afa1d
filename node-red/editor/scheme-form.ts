import type { SchemeDescription } from '../../core/pure/scheme-description';
import { grouped } from '../../core/pure/whole-number';
import { element } from './red';
import { checkbox, hint, mark, numeric, row, select, textInput, typed } from './form';
import {
	checkField,
	fieldLabel,
	plainFields,
	type Direction,
	type PlainField,
	type SavedScheme,
} from './schemes';
import { text } from './text';

export interface SchemeForm {
	/** Undefined where none is chosen. */
	kind(): string | undefined;
	read(): SavedScheme | undefined;
	/** Shows another one; undefined: none. */
	set(saved: SavedScheme | undefined): void;
}

export interface SchemeFormOptions {
	readonly label: string;
	readonly schemes: readonly SchemeDescription[];
	readonly direction: Direction;
	readonly saved: SavedScheme | undefined;
	/** What the choice of none is called; without it one must be chosen. */
	readonly none?: string;
	/** Of the choice; default `sluice-scheme`. */
	readonly className?: string;
	/** Called after every change, and once at the begin. */
	changed(form: SchemeForm): void;
}

interface FieldInput {
	readonly field: PlainField;
	readonly inputs: readonly JQuery[];
	read(): unknown;
}

/**
 * The choice of a scheme, and the fields of the chosen one, made of the schemes' descriptions.
 *
 * @param choice where the choice goes
 * @param details where the fields go
 */
export function buildSchemeForm(
	choice: JQuery,
	details: JQuery,
	options: SchemeFormOptions,
): SchemeForm {
	const { schemes, direction, none, className = 'sluice-scheme' } = options;
	let { saved } = options;
	const content = row(choice, options.label, 'lock');
	const chosen = select(
		content,
		[
			...(none === undefined ? [] : [['', none] as const]),
			...schemes.map(({ kind }) => [kind, text(`scheme.${kind}.name`)] as const),
		],
		saved?.kind ?? (none === undefined ? (schemes[0]?.kind ?? '') : ''),
		className,
	);
	const words = hint(content);
	const warning = element('<div>', 'sluice-warning')
		.append(element('<i>', 'fa fa-warning'), ' ', element('<span>'))
		.appendTo(content);
	const current = (): SchemeDescription | undefined =>
		schemes.find(({ kind }) => kind === typed(chosen));

	let inputs: readonly FieldInput[] = [];
	const form: SchemeForm = {
		kind: () => current()?.kind,
		read() {
			const kind = form.kind();
			if (kind === undefined) return undefined;
			const values = inputs
				.map(({ field, read }) => [field.name, read()] as const)
				.filter(([, value]) => value !== '');
			return { kind, ...(Object.fromEntries(values) as object) };
		},
		set(other) {
			saved = other;
			chosen.val(other?.kind ?? '');
			show();
		},
	};
	/** Whether a field may be empty depends on the others. */
	const markAll = (): void => {
		const { kind = '', ...values } = form.read() ?? {};
		for (const { field, inputs: marked, read } of inputs) {
			for (const input of marked) mark(input, checkField(kind, field, read(), values));
		}
	};
	const show = (): void => {
		const scheme = current();
		details.empty();
		words.text(scheme ? text(`scheme.${scheme.kind}.hint`) : '');
		warning
			.toggle(scheme?.isOpen === true)
			.children('span')
			.text(text('warning.open'));
		inputs = scheme
			? plainFields(scheme, direction).map((field) =>
					fieldRow(details, scheme.kind, field, {
						value: saved?.kind === scheme.kind ? saved[field.name] : undefined,
						changed() {
							markAll();
							options.changed(form);
						},
					}),
				)
			: [];
		markAll();
		options.changed(form);
	};
	chosen.on('change', show);
	show();
	return form;
}

function fieldRow(
	parent: JQuery,
	kind: string,
	field: PlainField,
	{ value = field.fallback, changed }: { value?: unknown; changed(): void },
): FieldInput {
	const label = fieldLabel(kind, field.name);
	const content = row(parent, field.type === 'flag' ? '' : label, ICONS[field.type]);
	const { inputs, read } = controls(content, field, value, label);
	for (const input of inputs) {
		input.addClass(`sluice-scheme-${field.name}`).on('change keyup paste input', changed);
	}
	const bounds = field.type === 'seconds' ? ` ${grouped(field.min)}…${grouped(field.max)}.` : '';
	hint(content, `${text(`scheme.${kind}.field.${field.name}.hint`)}${bounds}`.trim());
	return { field, inputs, read };
}

const ICONS: Readonly<Record<PlainField['type'], string>> = {
	header: 'header',
	seconds: 'clock-o',
	flag: '',
	text: 'font',
	choice: 'list',
	choices: 'list',
};

function controls(
	content: JQuery,
	field: PlainField,
	value: unknown,
	label: string,
): { inputs: readonly JQuery[]; read(): unknown } {
	switch (field.type) {
		case 'flag': {
			const box = checkbox(content, label, value === true);
			return { inputs: [box], read: () => box.is(':checked') };
		}
		case 'choice': {
			const input = select(content, field.options.map(same), String(value));
			return { inputs: [input], read: () => typed(input) };
		}
		case 'choices': {
			const all = field.options.map((option) => ({
				option,
				box: checkbox(content, option, Array.isArray(value) && value.includes(option)),
			}));
			return {
				inputs: all.map(({ box }) => box),
				read: () => all.filter(({ box }) => box.is(':checked')).map(({ option }) => option),
			};
		}
		case 'seconds': {
			const input = textInput(content, { className: 'sluice-short', value, ariaLabel: label });
			element('<span>', 'sluice-unit', text('unit.seconds')).appendTo(content);
			return { inputs: [input], read: () => numeric(input.val()) };
		}
		default: {
			const input = textInput(content, { value, ariaLabel: label, placeholder: field.fallback });
			return { inputs: [input], read: () => typed(input) };
		}
	}
}

function same(option: string): readonly [string, string] {
	return [option, option];
}
