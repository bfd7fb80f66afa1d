import { openStore } from '../../core/buffer/open-store';
import type { Batch, Outcome, Store } from '../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import type { ExportInput } from '../../core/pipeline/parse-export';
import type { FetchText } from '../../core/runtime/fetch-text';
import type { PushedRequest } from '../../core/receiver/request';
import type { Attempt, Sink } from '../../core/sink/sink';
import { FakeClock } from './fake-clock';
import { readRecords } from './read-records';

/** A sink that remembers what it got and answers as it is told. */
export class RecordingSink implements Sink {
	readonly batches: { batch: Batch; attempt: Attempt; records: unknown[] }[] = [];
	next: (batch: Batch, attempt: Attempt) => Outcome | Promise<Outcome> = () => ({ kind: 'ack' });

	async deliver(batch: Batch, attempt: Attempt): Promise<Outcome> {
		const records = await readRecords(batch);
		this.batches.push({ batch, attempt, records });
		return this.next(batch, attempt);
	}
}

export interface PipelineWorld {
	readonly clock: FakeClock;
	readonly store: Store;
	/** Another one where a test opens it again. */
	pipeline: Pipeline;
	close(): Promise<void>;
}

/** A pipeline over a memory store, under a clock that moves when told to. @param now where the clock stands */
export async function pipelineWorld(
	now?: number,
	ports: { readonly fetchText?: FetchText } = {},
): Promise<PipelineWorld> {
	const clock = new FakeClock(now);
	const store = await openStore({ kind: 'memory', clock });
	const pipeline = await openPipeline({ store, clock, ...ports });
	const world: PipelineWorld = {
		clock,
		store,
		pipeline,
		async close() {
			await world.pipeline.close();
			await store.close();
		},
	};
	return world;
}

export const OPEN = [{ kind: 'none' }] as const;
export const HOLDER = { key: 'node-1', label: 'node one' };

export function anExportInput(overrides: Partial<ExportInput> = {}): ExportInput {
	return {
		id: 'main',
		receiverId: 'r1',
		label: 'main',
		conditions: { count: 2, time: '10s', size: '1MB' },
		retry: { delaysMs: [1_000, 5_000], jitter: 0 },
		...overrides,
	};
}

export function aPush(overrides: Partial<PushedRequest> = {}): PushedRequest {
	return {
		method: 'POST',
		path: '/sluice/r1',
		headers: { 'content-type': 'application/json' },
		body: Buffer.from('{"a":1}'),
		remoteAddress: '192.0.2.7',
		...overrides,
	};
}
