import {
	summarizeBuffers,
	systemClock,
	type Clock,
	type CoreError,
	type Counters,
	type Pipeline,
	type PipelineNotice,
	type PipelineStatus,
} from '../../core/index';
import type { StatusLine } from './status';
import type { InputReport } from './input';
import {
	summaryText,
	type DoneWord,
	type StatusNote,
	type StatusShown,
	type Translate,
} from './summary-text';

/** The store is asked at most this often, however much happens. */
const LOOK_MS = 500;

/** And at least this often: batches are claimed, age, and are purged or replayed from outside without a word. */
const LOOK_AGAIN_MS = 15_000;

/** How long a refused request is shown: it concerns its sender, who has been told. */
const REFUSED_MS = 10_000;

/** Keeps a node's status line true to what the store holds of its buffers, and to what became of the node's last message. */
export interface PipelineStatusLine extends InputReport {
	/** Begins to listen; to be called once the node is attached. */
	follow(pipeline: Pick<Pipeline, 'subscribe' | 'status'>): void;
	/** Shows the resting state again, e.g. after a deploy. */
	refresh(): void;
	/** Rows of another buffer have reached the node's endpoint. */
	delivered(rows: number): void;
	close(): void;
}

/**
 * @param o.owns whether a notice of this export or receiver is the node's
 * @param o.done what rows that are done are called here
 * @param o.fault what is wrong with the wires, as a text
 */
export function followPipeline(
	status: StatusLine,
	o: {
		readonly owns: (id: string) => boolean;
		readonly done: () => DoneWord;
		readonly fault: () => string | undefined;
		readonly translate: Translate;
		readonly clock?: Clock;
	},
): PipelineStatusLine {
	const { clock = systemClock } = o;
	const known = new Map<string, Counters>();
	let done = 0;
	let late = 0;
	/** Of the newest message that did not work out. */
	let failure: StatusNote | undefined;
	let refused: StatusNote | undefined;
	/** What the store says of itself. */
	let storeNote: StatusNote | undefined;
	let cancelRefused: () => void = () => {};
	let unsubscribe: () => void = () => {};
	let pipeline: Pick<Pipeline, 'subscribe' | 'status'> | undefined;
	/** Whose counters were told since they were asked for: what was told is newer. */
	const told = new Set<string>();
	let looking = false;
	let lookAgain = false;
	let cancel: () => void = () => {};

	const refresh = (): void => {
		if (pipeline) status.showLatest(tell);
	};
	const tell = (): StatusShown =>
		summaryText(summarizeBuffers([...known.values()]), {
			done: { n: done, as: o.done() },
			notes: notes(),
			now: clock.now(),
			translate: o.translate,
		});
	const notes = (): StatusNote[] => {
		const fault = o.fault();
		return [
			failure,
			refused,
			storeNote,
			fault === undefined ? undefined : { fill: 'yellow', text: fault },
		].filter((note): note is StatusNote => note !== undefined);
	};
	const showRefused = (error: CoreError): void => {
		// Red where it is not the sender's doing: no room, no store.
		const fill = error.stage === 'buffer' ? 'red' : 'yellow';
		const code = o.translate('status.refused', { code: error.code });
		// What the store says is for whoever runs it, and holds nothing of the event.
		refused = { fill, text: error.stage === 'buffer' ? `${code}: ${error.message}` : code };
		cancelRefused();
		cancelRefused = clock.after(REFUSED_MS, () => {
			refused = undefined;
			refresh();
		});
		refresh();
	};
	const look = (): void => {
		lookAgain = looking;
		if (looking || !pipeline) return;
		looking = true;
		told.clear();
		cancel();
		void readCounters(pipeline).then(() => {
			if (!pipeline) return;
			refresh();
			cancel = clock.after(LOOK_MS, () => {
				looking = false;
				if (lookAgain) return look();
				cancel = clock.after(LOOK_AGAIN_MS - LOOK_MS, look);
			});
		});
	};
	const readCounters = async (from: Pick<Pipeline, 'status'>): Promise<void> => {
		// A store that cannot be read shows in other ways; the numbers stay as they were.
		const status = await from.status().catch(() => undefined);
		if (!status) return;
		const { exports, store } = status;
		storeNote = noteOf(store, o.translate);
		for (const counters of exports)
			if (o.owns(counters.exportId) && !told.has(counters.exportId))
				known.set(counters.exportId, counters);
	};
	const hear = (notice: PipelineNotice): void => {
		const id =
			notice.kind === 'counters'
				? notice.counters.exportId
				: 'exportId' in notice
					? notice.exportId
					: notice.receiverId;
		if (!o.owns(id)) return;
		if (notice.kind === 'counters') {
			known.set(id, notice.counters);
			told.add(id);
			refresh();
			// The append may have closed a batch.
			look();
		} else if (notice.kind === 'refused') {
			showRefused(notice.error);
		} else if (notice.kind === 'attempt') {
			if (notice.outcome === 'ack') done += notice.count;
			look();
		}
	};

	return {
		follow(its) {
			unsubscribe();
			pipeline = its;
			unsubscribe = its.subscribe(hear);
			look();
		},
		refresh,
		delivered(rows) {
			done += rows;
			refresh();
		},
		worked() {
			if (!failure) return;
			failure = undefined;
			refresh();
		},
		failed(text) {
			failure = { fill: 'red', text };
			if (pipeline) refresh();
			else status.show('red', 'dot', text);
		},
		late() {
			late++;
			failure = { fill: 'yellow', text: o.translate('status.late', { n: late }) };
			refresh();
		},
		close() {
			unsubscribe();
			cancel();
			cancelRefused();
			pipeline = undefined;
		},
	};
}

/** Yellow for as long as the store would vanish, or misses rows, or can take none; the log says the rest. */
function noteOf(
	store: PipelineStatus['store'] | undefined,
	translate: Translate,
): StatusNote | undefined {
	const { warnings = [], fleeting } = store ?? {};
	const [other] = warnings.filter((warning) => warning !== fleeting);
	if (other !== undefined) return { fill: 'yellow', text: translate('status.store', { other }) };
	return fleeting === undefined
		? undefined
		: { fill: 'yellow', text: translate('status.fleeting') };
}
