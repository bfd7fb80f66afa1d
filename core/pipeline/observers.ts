/**
 * What watches the deliveries of a pipeline, and keeps what it has seen in the store: health and metrics. They hear the pipeline's
 * notices, like everybody else.
 */
import { walkDocuments } from '../buffer/documents';
import type { Store } from '../buffer/store';
import { fullExportId } from '../config';
import type { Gate } from '../delivery/gate';
import { describeThrown } from '../describe-thrown';
import type { HealthGate } from '../health/health-gate';
import { HEALTH_COLLECTION } from '../health/health-state';
import { removeOldBlocks } from '../metrics/metric-documents';
import { DELIVERIES_COLLECTION, Metrics } from '../metrics/metrics';
import type { Cancel, Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import type { AttachedExport } from './attached-export';
import type { Notices, PipelineNotice } from './notices';
import { openHealth } from './open-health';

/** How often what nobody needs any more is removed from the store. */
const SWEEP_EVERY_MS = 3_600_000;

export interface ObserverPorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Names this process among those of the store. */
	readonly owner: string;
	readonly notices: Notices;
	/** In the place of the health. */
	readonly gate?: Gate | undefined;
}

export class Observers {
	/** Asked before deliveries. */
	readonly gate: Gate;
	readonly health: HealthGate;
	readonly metrics: Metrics;
	readonly #ports: ObserverPorts;
	#sweep: Cancel | undefined;

	constructor(ports: ObserverPorts) {
		this.#ports = ports;
		const { clock, logger, owner, notices } = ports;
		this.health = openHealth({
			...ports,
			onChange: (exportId, change) => notices.tell({ kind: 'health', exportId, change }),
		});
		this.gate = ports.gate ?? this.health;
		this.metrics = new Metrics({
			documents: () => ports.store().documents,
			clock,
			by: owner,
			onError: (error) =>
				logger.warn(
					`the store does not keep metrics (${describeThrown(error)}); they are counted on`,
				),
		});
		notices.subscribe((notice) => this.#hear(notice));
	}

	/** Resolves when its deliveries may begin. Never rejects. */
	async attach({ id, config, isEndpoint }: AttachedExport): Promise<void> {
		this.#sweep ??= this.#ports.clock.after(SWEEP_EVERY_MS, () => void this.#sweepAgain());
		await this.metrics.attachExport(id);
		await this.gate.attach?.(id, { ...config, isEndpoint });
	}

	/** Resolves when what was seen is kept. Never rejects. */
	async detach(exportId: string): Promise<void> {
		await Promise.all([this.gate.detach?.(exportId), this.metrics.detach(`export:${exportId}`)]);
	}

	async close(): Promise<void> {
		this.#sweep?.();
		this.#sweep = undefined;
		await this.metrics.close();
	}

	#hear(notice: PipelineNotice): void {
		switch (notice.kind) {
			case 'request':
				this.health.hear(notice);
				return this.metrics.request(notice);
			case 'attempt':
				return this.metrics.attempt(notice.exportId);
			case 'accepted':
				return this.metrics.accepted(notice.receiverId, notice.eventIds.length);
			case 'refused':
				return this.metrics.refused(notice.receiverId);
		}
	}

	async #sweepAgain(): Promise<void> {
		const { store, clock, logger } = this.#ports;
		try {
			await removeOldBlocks(store().documents, clock.now());
			await removeOfUnknown(store());
		} catch (error) {
			logger.debug(`metrics that are over stay for another hour: ${describeThrown(error)}`);
		}
		if (this.#sweep) this.#sweep = clock.after(SWEEP_EVERY_MS, () => void this.#sweepAgain());
	}
}

/** What is kept of exports that the store knows no more. */
async function removeOfUnknown(store: Store): Promise<void> {
	const known = new Set((await store.listExports()).map(fullExportId));
	for (const collection of [HEALTH_COLLECTION, DELIVERIES_COLLECTION]) {
		const gone: string[] = [];
		for await (const { id } of walkDocuments(store.documents, collection))
			if (!known.has(id)) gone.push(id);
		for (const id of gone) await store.documents.remove(collection, id);
	}
}
