import { KEEP_GB } from '../../core/pure/bounds';
import * as check from './check';
import { hint, numeric, row, textInput, watch } from './form';
import { element } from './red';
import { text } from './text';

type KeepSettings = Pick<check.BufferSettings, 'keepDays' | 'keepGb'>;

/** For how long events stay after they were delivered, for a replay. */
export function buildKeepForm(
	parent: JQuery,
	settings: KeepSettings,
	changed: () => void,
): { read(): Required<KeepSettings> } {
	const content = row(parent, text('label.keep'), 'history');
	const field = (name: keyof KeepSettings, placeholder: string): JQuery => {
		const input = textInput(content, {
			className: `sluice-${name === 'keepDays' ? 'keep-days' : 'keep-gb'} sluice-short`,
			value: settings[name],
			placeholder,
		});
		element('<span>', 'sluice-unit', text(`unit.${name}`)).appendTo(content);
		watch(input, check[name]);
		input.on('change keyup paste', changed);
		return input;
	};
	const days = field('keepDays', '0');
	const gb = field('keepGb', String(KEEP_GB.fallback));
	hint(content, text('hint.keep'));
	return { read: () => ({ keepDays: numeric(days.val()), keepGb: numeric(gb.val()) }) };
}
