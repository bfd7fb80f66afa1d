import type * as Core from '../../core/index';
import type { ExportInput, Pipeline, SinkConfig } from '../../core/index';
import { pass } from './store-load';

export const RECEIVER = 'items:bench';
const HOLDER = { key: 'bench', label: 'bench' };

/** Most events of one append. */
const APPENDED_AT_ONCE = 5_000;

type Input = Omit<ExportInput, 'id' | 'receiverId'>;

/** An export that is held, with its deliveries to be waited for. */
export interface Queue {
	readonly exportId: string;
	/** Appends rows that wait until `drain`. */
	fill(bodies: Iterable<string>): Promise<void>;
	/** The same of rows that are mapped already, which a mapping would take long for. */
	fillMapped(record: string, count: number): Promise<void>;
	/** Resolves when so many rows are done: taken by the endpoint and settled on disk. */
	drain(rows: number): Promise<void>;
	/** Resolves when so many more rows are acked, whatever became of others; holds up the rest. */
	drainSome(rows: number): Promise<void>;
	/** Resolves when so many rows are done from now on; rejects where anything else becomes of one. */
	done(rows: number): Promise<void>;
	close(): Promise<void>;
}

/** A durable queue before an endpoint, through the door that hosts use. */
export async function openQueue(
	core: typeof Core,
	pipeline: Pipeline,
	{ id, config, sink }: { readonly id: string; readonly config: Input; readonly sink: SinkConfig },
): Promise<Queue> {
	const { store } = pipeline;
	const exportId = `${RECEIVER}/${id}`;
	const attachment = pipeline.attachExport(
		{ config: { ...config, id, receiverId: RECEIVER }, sink },
		HOLDER,
	);
	await attachment.ready;
	return {
		exportId,
		async fill(bodies) {
			await store.setState(exportId, 'PAUSED');
			const headers = { 'content-type': 'application/json' };
			let events: Core.Event[] = [];
			for (const body of bodies) {
				events.push(core.createEvent({ body, headers, receiverId: RECEIVER }));
				if (events.length < APPENDED_AT_ONCE) continue;
				await pipeline.add(exportId, events);
				events = [];
			}
			if (events.length > 0) await pipeline.add(exportId, events);
		},
		async fillMapped(record, count) {
			await store.setState(exportId, 'PAUSED');
			const { mappingRevision = 0 } = (await store.getExport(exportId)) ?? {};
			const payload = new TextEncoder().encode(record);
			const base = { exportId, mappingRevision, payload, sizeBytes: payload.length };
			for (let left = count; left > 0; left -= APPENDED_AT_ONCE) {
				const receivedAt = Date.now();
				const events = Array.from({ length: Math.min(left, APPENDED_AT_ONCE) }, (_, i) => ({
					rows: [{ ...base, eventId: `bench-${left - i}`, receivedAt }],
				}));
				await store.append({ receiverId: RECEIVER, events });
			}
		},
		async drain(rows) {
			const done = rowsDone(pipeline, exportId, rows);
			await store.setState(exportId, 'ACTIVE');
			pipeline.claimDue();
			await done;
		},
		async drainSome(rows) {
			const acked = async () =>
				(await store.counters()).find((one) => one.exportId === exportId)?.ackedTotal ?? 0;
			const until = (await acked()) + rows;
			await store.setState(exportId, 'ACTIVE');
			pipeline.claimDue();
			while ((await acked()) < until) await pass(20);
			await store.setState(exportId, 'PAUSED');
			// What is under way ends, so that it is not part of what comes next.
			while (pipeline.held().exports.get(exportId)?.inFlight) await pass(5);
		},
		done: (rows) => rowsDone(pipeline, exportId, rows),
		close: () => attachment.detach(),
	};
}

export function* repeated(body: string, count: number): Iterable<string> {
	for (let i = 0; i < count; i++) yield body;
}

/** Rejects where anything else than done becomes of one. */
function rowsDone(pipeline: Pipeline, exportId: string, rows: number): Promise<void> {
	return new Promise((resolve, reject) => {
		let done = 0;
		const stop = pipeline.subscribe((notice) => {
			if (notice.kind !== 'attempt' || notice.exportId !== exportId) return;
			done += notice.count;
			if (notice.outcome !== 'ack') {
				stop();
				reject(new Error(`${exportId}: a batch ended ${notice.outcome}: ${notice.error?.message}`));
			} else if (done >= rows) {
				stop();
				resolve();
			}
		});
	});
}
