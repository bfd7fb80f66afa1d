import {
	describeExport,
	systemClock,
	takeSnapshot,
	type Clock,
	type CoreError,
	type ExportSnapshot,
	type Pipeline,
	type PipelineNotice,
	type Snapshot,
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
const READ_AFTER_MS = 500;

/** And at least this often: batches are claimed, age, and are purged or replayed from outside without a word. */
const READ_EVERY_MS = 15_000;

/** How long a refused request is shown: it concerns its sender, who has been told. */
const REFUSED_MS = 10_000;

/** What of a pipeline is shown. */
type Operated = Pick<Pipeline, 'subscribe' | 'held' | 'store'>;

/** Keeps a node's status line true to what the store holds of its buffers, and to what became of the node's last message. */
export interface PipelineStatusLine extends InputReport {
	/** Begins to listen; to be called once the node is attached. */
	follow(pipeline: Operated): void;
	/** Shows the resting state again, e.g. after a deploy. */
	refresh(): void;
	/** Asks the store soon, e.g. after something was done to it. */
	readStore(): void;
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
	const known = new Map<string, ExportSnapshot>();
	let done = 0;
	let late = 0;
	/** Of the newest message that did not work out. */
	let failure: StatusNote | undefined;
	let refused: StatusNote | undefined;
	/** As it last spoke of itself. */
	let store: Snapshot['store'] | undefined;
	let receivers: Snapshot['receivers'] = [];
	let cancelRefused: () => void = () => {};
	let unsubscribe: () => void = () => {};
	let pipeline: Operated | undefined;
	/** Whose counters were told since they were asked for: what was told is newer. */
	const told = new Set<string>();
	let isReading = false;
	let isStale = false;
	let cancel: () => void = () => {};

	const refresh = (): void => {
		if (pipeline) status.showLatest(summary);
	};
	const summary = (): StatusShown =>
		summaryText(
			{ at: clock.now(), exports: [...known.values()], receivers, store },
			{ done: { n: done, as: o.done() }, notes: notes(), translate: o.translate },
		);
	const notes = (): StatusNote[] => {
		const fault = o.fault();
		return [
			failure,
			refused,
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
	const readStore = (): void => {
		isStale = isReading;
		if (isReading || !pipeline) return;
		isReading = true;
		told.clear();
		cancel();
		void readCounters(pipeline).then(() => {
			if (!pipeline) return;
			refresh();
			cancel = clock.after(READ_AFTER_MS, () => {
				isReading = false;
				if (isStale) return readStore();
				cancel = clock.after(READ_EVERY_MS - READ_AFTER_MS, readStore);
			});
		});
	};
	const readCounters = async (from: Operated): Promise<void> => {
		// A store that cannot be read shows in other ways; the numbers stay as they were.
		const snapshot = await takeSnapshot(from, { clock }).catch(() => undefined);
		if (!snapshot) return;
		store = snapshot.store;
		receivers = snapshot.receivers.filter(({ id }) => o.owns(id));
		for (const one of snapshot.exports)
			if (o.owns(one.exportId) && !told.has(one.exportId)) known.set(one.exportId, one);
	};
	const onNotice = (notice: PipelineNotice): void => {
		if (notice.kind === 'alert') return;
		const id =
			notice.kind === 'counters'
				? notice.counters.exportId
				: 'exportId' in notice
					? notice.exportId
					: notice.receiverId;
		if (!o.owns(id)) return;
		if (notice.kind === 'counters') {
			// What is held changes with deploys, after which the store is asked.
			const { label, heldBy, taken = 'unknown', health } = known.get(id) ?? {};
			const counted = describeExport(notice.counters, { isShared: true, at: clock.now() });
			const about = {
				...(label ? { label } : {}),
				...(heldBy ? { heldBy } : {}),
				...(health ? { health } : {}),
				taken,
			};
			known.set(id, { ...counted, ...about });
			told.add(id);
			refresh();
			// The append may have closed a batch.
			readStore();
		} else if (notice.kind === 'refused') {
			showRefused(notice.error);
		} else if (notice.kind === 'attempt') {
			if (notice.outcome === 'ack') done += notice.count;
			readStore();
		}
	};

	return {
		follow(its) {
			unsubscribe();
			pipeline = its;
			unsubscribe = its.subscribe(onNotice);
			readStore();
		},
		refresh,
		readStore,
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
