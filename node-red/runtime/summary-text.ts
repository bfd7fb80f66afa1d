import { showDue, type BufferSummary } from '../../core/index';

/** A text of the catalog, by its key below `status` or `wiring`. */
export type Translate = (key: string, parameters?: Record<string, unknown>) => string;

/** How rows end well: as batches that were sent, were settled, or reached an endpoint. */
export type DoneWord = 'sent' | 'acked' | 'delivered';

/** What is said besides the numbers. */
export interface StatusNote {
	readonly fill: 'red' | 'yellow';
	readonly text: string;
}

export interface StatusShown {
	readonly fill: 'red' | 'yellow' | 'green';
	readonly shape: 'ring' | 'dot';
	readonly text: string;
}

/**
 * How the buffers of a node stand, in few words: nothing that waits, comes again or was given up is left out, and what went well
 * is said only where there is room. Pure.
 *
 * @param o.done how many rows ended well, and what that is called here
 */
export function summaryText(
	summary: BufferSummary,
	o: {
		readonly done: { readonly n: number; readonly as: DoneWord };
		readonly notes: readonly StatusNote[];
		readonly now: number;
		readonly translate: Translate;
	},
): StatusShown {
	const { waiting, open, retrying, dead } = summary;
	const { translate, done } = o;
	const notes = [...o.notes, ...stateNotes(summary, translate)];
	const isQuiet = open + retrying + dead + notes.length === 0;
	const numbers = [
		translate('status.waiting', { n: waiting }),
		...(open > 0 ? [translate('status.open', { n: open })] : []),
		...(retrying > 0 ? [retryText(summary, o.now, translate)] : []),
		...(dead > 0 ? [translate('status.dead', { n: dead })] : []),
		...(isQuiet ? [translate(`status.${done.as}`, { n: done.n })] : []),
	];
	const text = [...notes.map((note) => note.text), numbers.join(', ')].join(' · ');
	if (dead > 0 || notes.some(({ fill }) => fill === 'red'))
		return { fill: 'red', shape: 'dot', text };
	if (retrying > 0) return { fill: 'yellow', shape: 'dot', text };
	if (notes.length > 0) return { fill: 'yellow', shape: 'ring', text };
	return { fill: 'green', shape: waiting + open > 0 ? 'dot' : 'ring', text };
}

function stateNotes({ state, dropped }: BufferSummary, translate: Translate): StatusNote[] {
	if (state === 'ACTIVE') return [];
	if (state === 'PAUSED') return [{ fill: 'yellow', text: translate('status.paused') }];
	return [{ fill: 'yellow', text: translate('status.disabled', { n: dropped }) }];
}

function retryText(
	{ retrying, nextAttemptAt = 0 }: BufferSummary,
	now: number,
	translate: Translate,
): string {
	if (nextAttemptAt <= now) return translate('status.retryingNow', { n: retrying });
	return translate('status.retrying', { n: retrying, at: showDue(nextAttemptAt, now) });
}
