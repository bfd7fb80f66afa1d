import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type StoreOptions } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { DeliveryError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import { openPipeline, type Pipeline } from '../../../core/pipeline/open-pipeline';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import { eventually } from '../../support/eventually';
import { anExportInput, RecordingSink } from '../../support/pipeline-fixtures';

/** A pipeline over a real store, with buffers that nothing but flush and retries empties. */
export class OperateWorld {
	readonly store: Store;
	readonly pipeline: Pipeline;
	readonly directory: string;

	private constructor(store: Store, pipeline: Pipeline, directory: string) {
		this.store = store;
		this.pipeline = pipeline;
		this.directory = directory;
	}

	static async open(kind: 'memory' | 'sqlite'): Promise<OperateWorld> {
		const directory = await mkdtemp(path.join(tmpdir(), 'sluice-operate-'));
		const options: StoreOptions =
			kind === 'memory'
				? { kind }
				: { kind, directory, limits: { ballastBytes: 0, minFreeBytes: 0 } };
		const store = await openStore(options);
		const pipeline = await openPipeline({ store });
		return new OperateWorld(store, pipeline, directory);
	}

	/** Attaches `items:<id>/main`, filled by `add`. */
	async attach(id: string, config: Partial<ExportInput> = {}) {
		const sink = new RecordingSink();
		const input = anExportInput({
			receiverId: `items:${id}`,
			label: id,
			conditions: { count: 1_000, time: '1h', size: '5MB' },
			retry: { delaysMs: [3_600_000], jitter: 0 },
			...config,
		});
		const attachment = this.pipeline.attachExport(
			{ config: input, ports: { sink } },
			{ key: id, label: `node ${id}` },
		);
		await attachment.ready;
		return { exportId: `items:${id}/main`, sink, detach: () => attachment.detach() };
	}

	add(exportId: string, ...values: unknown[]): Promise<void> {
		return this.pipeline.add(
			exportId,
			values.map((body) => createEvent({ body })),
		);
	}

	async counters(exportId: string) {
		const found = (await this.store.counters()).find((one) => one.exportId === exportId);
		if (!found) throw new Error(`no export ${exportId}`);
		return found;
	}

	/** Adds rows that the sink gives up (`dead`) or fails (`retry`). */
	async fail(
		buffer: { exportId: string; sink: RecordingSink },
		kind: 'dead' | 'retry',
		...values: unknown[]
	): Promise<void> {
		const { exportId, sink } = buffer;
		const error = new DeliveryError('ERR_SINK_REJECTED', 'no thanks');
		const former = sink.next;
		sink.next = () => ({ kind, error });
		const before = await this.counters(exportId);
		await this.add(exportId, ...values);
		this.pipeline.flush(exportId);
		await eventually(`a batch that is ${kind}`, async () => {
			const now = await this.counters(exportId);
			return kind === 'dead'
				? now.deadBatches > before.deadBatches
				: now.retryingBatches > before.retryingBatches &&
						this.pipeline.held().exports.get(exportId)?.inFlight === 0;
		});
		sink.next = former;
	}

	async close(): Promise<void> {
		await this.pipeline.close();
		await this.store.close();
		await rm(this.directory, { recursive: true, force: true });
	}
}
