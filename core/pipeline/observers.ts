/**
 * What watches the deliveries of a pipeline, and keeps what it has seen in the store: health, metrics and alerts. They hear the pipeline's
 * notices, like everybody else.
 */
import { walkDocuments } from '../buffer/documents';
import { ALERTS_COLLECTION } from '../alerts/alert-book';
import { Alerts } from '../alerts/alerts';
import type { Counters, Store } from '../buffer/store';
import { fullExportId } from '../config';
import type { EndedAttempt, Gate } from '../delivery/gate';
import { describeThrown } from '../describe-thrown';
import type { HealthGate } from '../health/health-gate';
import { HEALTH_COLLECTION } from '../health/health-state';
import type { MetricPorts } from '../metrics/kept-metrics';
import { LEFT_OUT_COLLECTION, LeftOutCounts } from '../metrics/left-out';
import { removeOldBlocks } from '../metrics/metric-documents';
import { DELIVERIES_COLLECTION, Metrics } from '../metrics/metrics';
import { SecretUses } from '../receiver/secret-uses';
import type { Cancel, Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { deliverAlert } from './alert-exports';
import type { AttachedExport } from './attached-export';
import type { AttachedReceiver } from './attached-receiver';
import { removeEmptyKept } from './kept-export';
import { LastClosed } from './last-closed';
import type { Notices, PipelineNotice } from './notices';
import { openHealth } from './open-health';
import { REPLAYS_COLLECTION } from './replays/replay-book';

/** How often the store, what waits and what was put aside are looked at for alerts. */
const LOOK_EVERY_MS = 60_000;

/** How often what nobody needs any more is removed from the store. */
const SWEEP_EVERY_MS = 3_600_000;

export interface ObserverPorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Names this process among those of the store. */
	readonly owner: string;
	readonly notices: Notices;
	/** Hears of what was appended. */
	readonly appended: (counters: readonly Counters[]) => void;
	/** In the place of the health. */
	readonly gate?: Gate | undefined;
}

export class Observers {
	/** Asked before deliveries. */
	readonly gate: Gate;
	readonly health: HealthGate;
	readonly metrics: Metrics;
	readonly leftOut: LeftOutCounts;
	readonly alerts: Alerts;
	readonly secretUses: SecretUses;
	readonly lastClosed = new LastClosed();
	readonly #ports: ObserverPorts;
	#sweep: Cancel | undefined;
	#look: Cancel | undefined;
	#isAsking = false;
	#isAsked = false;

	constructor(ports: ObserverPorts) {
		this.#ports = ports;
		const { clock, logger, owner, notices } = ports;
		this.health = openHealth({
			...ports,
			onChange: (exportId, change) => notices.tell({ kind: 'health', exportId, change }),
		});
		this.alerts = new Alerts({
			documents: () => ports.store().documents,
			clock,
			logger,
			health: (exportId) => this.health.view(exportId),
			deadLetters: (range) => ports.store().deadLetters(range),
			deliver: (alert) => deliverAlert(ports.store(), alert, ports),
			onAlert: (alert) => notices.tell({ kind: 'alert', alert }),
		});
		this.gate = ports.gate ?? this.#watching(this.health);
		const counting: MetricPorts = {
			documents: () => ports.store().documents,
			clock,
			by: owner,
			onError: (error) =>
				logger.warn(
					`the store does not keep metrics (${describeThrown(error)}); they are counted on`,
				),
		};
		this.metrics = new Metrics(counting);
		this.leftOut = new LeftOutCounts(counting);
		this.secretUses = new SecretUses({
			...counting,
			onError: (error) =>
				logger.debug(`the store does not keep when secrets were used: ${describeThrown(error)}`),
		});
		notices.subscribe((notice) => this.#onNotice(notice));
	}

	/** Resolves when its deliveries may begin. Never rejects. */
	async attach({ id, config, isEndpoint, destination }: AttachedExport): Promise<void> {
		this.#begin();
		await this.metrics.attachExport(id);
		await this.gate.attach?.(id, { ...config, isEndpoint });
		const { label, conditions } = config;
		await this.alerts.attach(id, { label, destination, timeMs: conditions.timeMs });
	}

	/** Resolves when what was seen is kept. Never rejects. */
	async detach(exportId: string): Promise<void> {
		this.lastClosed.detach(exportId);
		await Promise.all([
			this.gate.detach?.(exportId),
			this.metrics.detach(`export:${exportId}`),
			this.leftOut.keep(exportId),
			this.alerts.detach(exportId),
		]);
	}

	attachReceiver({ config, prepared, holder }: AttachedReceiver): void {
		this.#begin();
		this.secretUses.attach(config.id, prepared.config.auth);
		this.metrics.attachReceiver(config.id);
		this.alerts.receivers.attach(config.id, holder.label, config.inactiveAfterMs);
	}

	/** As `detach`. */
	async detachReceiver(receiverId: string): Promise<void> {
		const ended = this.alerts.receivers.detach(receiverId);
		const kept = this.secretUses.detach(receiverId);
		await Promise.all([this.metrics.detach(`receiver:${receiverId}`), ended, kept]);
	}

	async close(): Promise<void> {
		this.#sweep?.();
		this.#sweep = undefined;
		this.#look?.();
		this.#look = undefined;
		await this.alerts.close();
		await Promise.all([this.metrics.close(), this.leftOut.close(), this.secretUses.close()]);
	}

	#begin(): void {
		const { clock } = this.#ports;
		this.#sweep ??= clock.after(SWEEP_EVERY_MS, () => void this.#sweepAgain());
		this.#look ??= clock.after(LOOK_EVERY_MS, () => void this.#lookAgain());
	}

	#onNotice(notice: PipelineNotice): void {
		switch (notice.kind) {
			case 'request':
				this.health.record(notice);
				return this.metrics.request(notice);
			case 'attempt':
				return this.#attempted(notice);
			case 'health':
				// What an attempt has brought to light is told with its rows, when it is judged.
				if (notice.change.kind === 'recovered' || notice.change.kind === 'givenUp')
					this.alerts.check(notice.exportId);
				return;
			case 'accepted':
				this.alerts.receivers.got(notice.receiverId);
				return this.metrics.accepted(notice.receiverId, notice.eventIds.length);
			case 'refused':
				return this.metrics.refused(notice.receiverId);
		}
	}

	#attempted(report: Extract<PipelineNotice, { kind: 'attempt' }>): void {
		const { exportId, outcome } = report;
		this.lastClosed.attempted(report);
		this.metrics.attempt(exportId);
		// Something may have been put aside: not only once a minute.
		if (outcome === 'dead' || outcome === 'split') void this.#lookAtExports();
	}

	/** Alerts name rows, which are only there while their attempt is not settled. */
	#watching(gate: HealthGate): Gate {
		return {
			...gate,
			judge: async (ended: EndedAttempt) => {
				const verdict = (await gate.judge?.(ended)) ?? 'counts';
				await this.alerts.judged(ended);
				return verdict;
			},
		};
	}

	async #lookAgain(): Promise<void> {
		const stats = await this.#ask((store) => store.stats());
		if (!this.#look) return;
		this.alerts.lookAtStore(stats);
		this.alerts.receivers.look();
		if (stats) await this.#lookAtExports();
		this.#look &&= this.#ports.clock.after(LOOK_EVERY_MS, () => void this.#lookAgain());
	}

	/** Undefined where it does not answer. */
	async #ask<Answer>(what: (store: Store) => Promise<Answer>): Promise<Answer | undefined> {
		try {
			return await what(this.#ports.store());
		} catch {
			return undefined;
		}
	}

	/** One question at a time; what was asked meanwhile is one more. */
	async #lookAtExports(): Promise<void> {
		this.#isAsked = true;
		if (this.#isAsking) return;
		this.#isAsking = true;
		while (this.#isAsked) {
			this.#isAsked = false;
			const counters = await this.#ask((store) => store.counters());
			for (const one of counters ?? []) this.alerts.look(one);
		}
		this.#isAsking = false;
	}

	async #sweepAgain(): Promise<void> {
		const { store, clock, logger } = this.#ports;
		try {
			await removeOldBlocks(store().documents, clock.now());
			await removeOfUnknown(store());
			await removeEmptyKept(store());
		} catch (error) {
			logger.debug(`metrics that are over stay for another hour: ${describeThrown(error)}`);
		}
		if (this.#sweep) this.#sweep = clock.after(SWEEP_EVERY_MS, () => void this.#sweepAgain());
	}
}

/** Documents whose ids are those of exports. */
const OF_EXPORTS = [
	HEALTH_COLLECTION,
	DELIVERIES_COLLECTION,
	ALERTS_COLLECTION,
	LEFT_OUT_COLLECTION,
	REPLAYS_COLLECTION,
];

/** What is kept of exports that the store knows no more. */
async function removeOfUnknown(store: Store): Promise<void> {
	const known = new Set((await store.listExports()).map(fullExportId));
	for (const collection of OF_EXPORTS) {
		const gone: string[] = [];
		for await (const { id } of walkDocuments(store.documents, collection))
			// Receivers have no slash in their ids, and may come back.
			if (id.includes('/') && !known.has(id)) gone.push(id);
		for (const id of gone) await store.documents.remove(collection, id);
	}
}
