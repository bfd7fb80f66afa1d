import { showDue, summarize, type Level, type Phrase } from '../../core/index';

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

const LEVELS: Record<Level, Pick<StatusShown, 'fill' | 'shape'>> = {
	dead: { fill: 'red', shape: 'dot' },
	retrying: { fill: 'yellow', shape: 'dot' },
	attention: { fill: 'yellow', shape: 'ring' },
	working: { fill: 'green', shape: 'dot' },
	quiet: { fill: 'green', shape: 'ring' },
};

/**
 * How the buffers of a node stand, in few words: what core's summary says, what the node has to say besides, and what went well
 * only where there is room. Pure.
 *
 * @param o.done how many rows ended well, and what that is called here
 * @param o.notes of the node; where it has any, it says itself why rows are kept
 */
export function summaryText(
	of: Parameters<typeof summarize>[0],
	o: {
		readonly done: { readonly n: number; readonly as: DoneWord };
		readonly notes: readonly StatusNote[];
		readonly translate: Translate;
	},
): StatusShown {
	const { translate, done } = o;
	const { level, ...said } = summarize(of);
	const notes = said.notes.filter(({ key }) => key !== 'kept' || o.notes.length === 0);
	const isQuiet = said.numbers.length === 1 && notes.length + o.notes.length === 0;
	const numbers = [
		...said.numbers.map((one) => phraseText(one, of.at, translate)),
		...(isQuiet ? [translate(`status.${done.as}`, { n: done.n })] : []),
	];
	const before = [
		...o.notes.map(({ text }) => text),
		...notes.map((one) => phraseText(one, of.at, translate)),
	];
	return {
		...LEVELS[levelWith(o.notes, level)],
		text: [...before, numbers.join(', ')].join(' · '),
	};
}

function levelWith(notes: readonly StatusNote[], level: Level): Level {
	if (notes.some(({ fill }) => fill === 'red')) return 'dead';
	const isGreen = level === 'working' || level === 'quiet';
	return notes.length > 0 && isGreen ? 'attention' : level;
}

function phraseText(phrase: Phrase, now: number, translate: Translate): string {
	const values = 'at' in phrase ? { ...phrase, at: showDue(phrase.at, now) } : phrase;
	return translate(`status.${phrase.key}`, { ...values });
}
