import { shortDuration } from '../../core/pure/duration';
import { parseRetryText, RETRY_PRESETS, type RetryPreset } from '../../core/pure/retry';
import { hint, select, typed } from './form';
import { text } from './text';

/** What a preset is written as; typing anything else makes it one of one's own. */
const WRITTEN: Readonly<Record<RetryPreset, string>> = {
	standard: RETRY_PRESETS.standard.delaysMs.map(shortDuration).join(', '),
	disruptive: 'disruptive',
	exponential: 'exponential 5s 1h',
	keboola: 'keboola',
};

/** Pauses that are shown before they are summed up. */
const SHOWN = 8;

/** The choice of a schedule beside the field that holds it, and in words what it means. */
export function buildRetryField(input: JQuery): void {
	const names = Object.keys(WRITTEN) as RetryPreset[];
	const choice = select(
		input.parent(),
		[...names, 'own' as const].map((name) => [name, text(`retry.${name}`)] as const),
		'own',
		'sluice-retry-preset',
	).attr('aria-label', text('label.retryPreset'));
	choice.insertBefore(input);
	const words = hint(input.parent());
	const show = (): void => {
		const retry = parseRetryText(typed(input));
		const same = names.find((name) => key(parseRetryText(WRITTEN[name])) === key(retry));
		choice.val(same ?? 'own');
		words.text(retry ? described(retry) : '');
	};
	choice.on('change', () => {
		const name = typed(choice);
		if (name in WRITTEN) input.val(WRITTEN[name as RetryPreset]).trigger('change');
		else input.trigger('focus');
		words.toggle(true);
	});
	input.on('change keyup paste input', show);
	show();
}

function key(retry: ReturnType<typeof parseRetryText>): string {
	return JSON.stringify([retry?.delaysMs, retry?.repeatLast, retry?.maxAgeMs]);
}

function described({
	delaysMs,
	repeatLast,
	maxAgeMs,
}: NonNullable<ReturnType<typeof parseRetryText>>): string {
	if (delaysMs.length === 0) return text('retryWords.never');
	const all = delaysMs.map(shortDuration);
	const delays = all.length > SHOWN ? [...all.slice(0, SHOWN - 2), '…', ...all.slice(-1)] : all;
	const parts = [
		text(repeatLast ? 'retryWords.repeated' : 'retryWords.once', { delays: delays.join(', ') }),
		...(maxAgeMs === undefined
			? []
			: [text('retryWords.maxAge', { age: shortDuration(maxAgeMs) })]),
	];
	return parts.join(' ');
}
