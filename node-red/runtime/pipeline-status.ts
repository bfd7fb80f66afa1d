import type { Pipeline, PipelineNotice } from '../../core/index';
import type { StatusLine } from './status';

/** Counters are told after appends; after deliveries they have to be asked for, at most this often. */
const LOOK_MS = 500;

/** Keeps a node's status line true to what its receiver and buffers do. */
export interface PipelineStatusLine {
	/** Begins to listen; to be called once the node is attached. */
	follow(pipeline: Pipeline): void;
	/** Shows the resting state again, e.g. after a deploy. */
	refresh(): void;
	close(): void;
}

/**
 * @param o.owns whether a notice of this export or receiver is the node's
 * @param o.note said beside the resting state, e.g. when batches are done
 * @param o.warning makes the resting state yellow
 */
export function followPipeline(
	status: StatusLine,
	o: {
		readonly owns: (id: string) => boolean;
		readonly note: () => string;
		readonly warning: () => string | undefined;
	},
): PipelineStatusLine {
	const waiting = new Map<string, number>();
	let delivered = 0;
	let trouble: { fill: 'red' | 'yellow'; text: string } | undefined;
	let unsubscribe: () => void = () => {};
	let attached = false;
	let pipeline: Pipeline | undefined;
	/** Whose counters were told since they were asked for: what was told is newer. */
	const told = new Set<string>();
	let looking = false;
	let lookAgain = false;
	let timer: NodeJS.Timeout | undefined;

	const refresh = (): void => {
		if (!attached) return;
		const rows = [...waiting.values()].reduce((sum, one) => sum + one, 0);
		const warning = o.warning();
		if (trouble) status.show(trouble.fill, 'dot', trouble.text);
		else if (warning) status.show('yellow', 'ring', warning);
		else
			status.show(
				'green',
				rows > 0 ? 'dot' : 'ring',
				`${rows} waiting, ${delivered} delivered · ${o.note()}`,
			);
	};
	const look = (): void => {
		lookAgain = looking;
		if (looking || !pipeline) return;
		looking = true;
		told.clear();
		void readCounters(pipeline)
			.then(refresh)
			.finally(() => {
				if (!attached) return;
				timer = setTimeout(() => {
					looking = false;
					if (lookAgain) look();
				}, LOOK_MS).unref();
			});
	};
	const readCounters = async (from: Pipeline): Promise<void> => {
		// A store that cannot be read shows in other ways; the numbers stay as they were.
		const { exports } = await from.status().catch(() => ({ exports: [] }));
		for (const { exportId, rows } of exports)
			if (o.owns(exportId) && !told.has(exportId)) waiting.set(exportId, rows);
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
			waiting.set(id, notice.counters.rows);
			told.add(id);
			refresh();
		} else if (notice.kind === 'refused') {
			// Red where it is not the sender's doing: no room, no store.
			const fill = notice.error.stage === 'buffer' ? 'red' : 'yellow';
			status.show(fill, 'ring', `refused: ${notice.error.code}`);
		} else if (notice.kind === 'attempt') {
			heardAttempt(notice);
			if (trouble) refresh();
			look();
		}
	};
	const heardAttempt = (notice: PipelineNotice & { kind: 'attempt' }): void => {
		if (notice.outcome === 'ack') {
			delivered += notice.count;
			trouble = undefined;
		} else if (notice.outcome === 'retry') {
			const at =
				notice.retryAt === undefined ? 'soon' : new Date(notice.retryAt).toLocaleTimeString();
			trouble = {
				fill: 'yellow',
				text: `attempt ${notice.number} failed (${notice.error?.code}), next at ${at}`,
			};
		} else if (notice.outcome === 'dead') {
			trouble = {
				fill: 'red',
				text: `${notice.count} rows in the dead letters: ${notice.error?.code}`,
			};
		}
	};

	return {
		follow(its) {
			unsubscribe();
			pipeline = its;
			unsubscribe = pipeline.subscribe(hear);
			attached = true;
			look();
		},
		refresh,
		close() {
			unsubscribe();
			clearTimeout(timer);
			attached = false;
		},
	};
}
