/**
 * How much goes to destinations and comes to receivers, over the last three hours, kept over restarts. It counts requests, not
 * batches (D51). What is not used costs nothing: no timer, no write.
 */
import { WriteBehind } from '../buffer/write-behind';
import type { DeliveryRequest } from '../delivery/attempt';
import {
	addDelivery,
	mergeDeliveries,
	NO_DELIVERIES,
	readDeliveries,
	type LastDeliveries,
} from './deliveries';
import { KeptMetrics, type MetricPorts } from './kept-metrics';
import type { MetricKey } from './metric-documents';
import { addRequest, NO_REQUESTS, type RequestTotals } from './request-totals';
import { countRequest, type WindowView } from './window';

export const DELIVERIES_COLLECTION = 'deliveries';

/** Of an export. */
export interface MetricsView extends WindowView, LastDeliveries {}

/** Of a receiver: events taken, and requests refused. */
export type ReceiverMetrics = Pick<WindowView, 'from' | 'successCount' | 'errorCount'>;

interface OfExport {
	readonly kept: KeptMetrics;
	readonly last: WriteBehind;
	deliveries: LastDeliveries;
}

export class Metrics {
	readonly #ports: MetricPorts;
	readonly #exports = new Map<string, OfExport>();
	readonly #receivers = new Map<string, { kept: KeptMetrics; loaded: Promise<void> }>();
	/** Counted on over redeploys. */
	readonly #totals = new Map<string, RequestTotals>();

	constructor(ports: MetricPorts) {
		this.#ports = ports;
	}

	/** Resolves when what was kept is there; counts from now on. Never rejects. */
	async attachExport(exportId: string): Promise<void> {
		if (this.#exports.has(exportId)) return;
		const { documents, clock, onError } = this.#ports;
		const one: OfExport = {
			kept: new KeptMetrics(`export:${exportId}`, this.#ports),
			deliveries: NO_DELIVERIES,
			last: new WriteBehind({
				documents: documents(),
				clock,
				collection: DELIVERIES_COLLECTION,
				id: exportId,
				read: () => one.deliveries,
				merge: (_mine, theirs) => {
					one.deliveries = mergeDeliveries(one.deliveries, readDeliveries(theirs));
					return one.deliveries;
				},
				onError,
			}),
		};
		this.#exports.set(exportId, one);
		try {
			const kept = await one.last.load();
			one.deliveries = mergeDeliveries(one.deliveries, readDeliveries(kept));
		} catch (error) {
			onError(error);
		}
		await one.kept.load();
	}

	/** Counts at once; what was kept comes soon. */
	attachReceiver(receiverId: string): void {
		if (this.#receivers.has(receiverId)) return;
		const kept = new KeptMetrics(`receiver:${receiverId}`, this.#ports);
		this.#receivers.set(receiverId, { kept, loaded: kept.load() });
	}

	/** Resolves when what was counted is kept. Never rejects. */
	async detach(key: MetricKey): Promise<void> {
		const id = key.slice(key.indexOf(':') + 1);
		if (key.startsWith('receiver:')) {
			const one = this.#receivers.get(id);
			this.#receivers.delete(id);
			await one?.loaded;
			return one?.kept.close();
		}
		const one = this.#exports.get(id);
		this.#exports.delete(id);
		await Promise.all([one?.kept.close(), one?.last.close()]);
	}

	request(request: DeliveryRequest): void {
		const one = this.#exports.get(request.exportId);
		if (!one) return;
		countRequest(one.kept.minute(), request);
		this.#totals.set(request.exportId, addRequest(this.requestsOf(request.exportId), request));
		one.deliveries = addDelivery(one.deliveries, request);
		one.last.touch();
	}

	/** A batch was tried. */
	attempt(exportId: string): void {
		const one = this.#exports.get(exportId);
		if (one) one.kept.minute().attempts += 1;
	}

	accepted(receiverId: string, events: number): void {
		const kept = this.#receivers.get(receiverId)?.kept;
		if (kept) kept.minute().ok += events;
	}

	/** A request of a sender. */
	refused(receiverId: string): void {
		const kept = this.#receivers.get(receiverId)?.kept;
		if (kept) kept.minute().failed += 1;
	}

	/** Resolves when what was counted of an export until now is kept, for `readMetrics`. Never rejects. */
	async keep(exportId: string): Promise<void> {
		const one = this.#exports.get(exportId);
		await Promise.all([one?.kept.keep(), one?.last.flush()]);
	}

	ofExport(exportId: string): MetricsView | undefined {
		const one = this.#exports.get(exportId);
		return one && { ...one.kept.view(), ...one.deliveries };
	}

	requestsOf(exportId: string): RequestTotals {
		return this.#totals.get(exportId) ?? NO_REQUESTS;
	}

	ofReceiver(receiverId: string): ReceiverMetrics | undefined {
		const view = this.#receivers.get(receiverId)?.kept.view();
		if (!view) return undefined;
		const { from, successCount, errorCount } = view;
		return { from, successCount, errorCount };
	}

	async close(): Promise<void> {
		await Promise.all([
			...[...this.#exports.keys()].map((id) => this.detach(`export:${id}`)),
			...[...this.#receivers.keys()].map((id) => this.detach(`receiver:${id}`)),
		]);
	}
}
