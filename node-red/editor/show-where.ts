import { typed } from './form';

/**
 * Shows parts of a dialog only where other settings ask for them: `data-where="auth=basic|bearer send=batch"` on a part names those
 * settings and what they may be; a checkbox is `true` or `false`.
 *
 * @param input of a setting
 * @returns shows them anew
 */
export function showWhere(root: JQuery, input: (name: string) => JQuery): () => void {
	const parts = root
		.find('[data-where]')
		.toArray()
		.map((part) => ({ part: $(part), rules: rulesOf($(part).attr('data-where') ?? '') }));
	const show = (): void => {
		for (const { part, rules } of parts) {
			part.toggle(rules.every(({ name, values }) => values.includes(valueOf(input(name)))));
		}
	};
	const names = new Set(parts.flatMap(({ rules }) => rules.map(({ name }) => name)));
	for (const name of names) input(name).on('change', show);
	show();
	return show;
}

interface Rule {
	readonly name: string;
	readonly values: readonly string[];
}

function rulesOf(text: string): readonly Rule[] {
	return text.split(' ').map((rule) => {
		const [name = '', values = ''] = rule.split('=');
		return { name, values: values.split('|') };
	});
}

function valueOf(input: JQuery): string {
	return input.is(':checkbox') ? String(input.is(':checked')) : typed(input);
}
