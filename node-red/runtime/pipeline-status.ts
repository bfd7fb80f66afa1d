import type { Pipeline, PipelineNotice } from '../../core/index';
import type { StatusLine } from './status';

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
	const hear = (notice: PipelineNotice): void => {
		const id =
			notice.kind === 'counters'
				? notice.counters.exportId
				: 'exportId' in notice
					? notice.exportId
					: notice.receiverId;
		if (!o.owns(id)) return;
		if (notice.kind === 'counters') waiting.set(id, notice.counters.rows);
		else if (notice.kind === 'refused') {
			// Red where it is not the sender's doing: no room, no store.
			const fill = notice.error.stage === 'buffer' ? 'red' : 'yellow';
			status.show(fill, 'ring', `refused: ${notice.error.code}`);
		} else if (notice.kind === 'attempt') heardAttempt(id, notice);
		if (notice.kind !== 'refused') refresh();
	};
	const heardAttempt = (id: string, notice: PipelineNotice & { kind: 'attempt' }): void => {
		if (notice.number === 1) waiting.set(id, Math.max(0, (waiting.get(id) ?? 0) - notice.count));
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
		follow(pipeline) {
			unsubscribe();
			unsubscribe = pipeline.subscribe(hear);
			attached = true;
			void pipeline
				.status()
				.then(({ exports }) => {
					for (const one of exports) if (o.owns(one.exportId)) waiting.set(one.exportId, one.rows);
				})
				.catch(() => {})
				.then(refresh);
		},
		refresh,
		close() {
			unsubscribe();
			attached = false;
		},
	};
}
