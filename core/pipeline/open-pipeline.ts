import type { Store } from '../buffer/store';
import type { Gate } from '../delivery/gate';
import { BufferError } from '../errors';
import type { FetchText } from '../runtime/fetch-text';
import { systemClock, type Clock } from '../runtime/clock';
import { silentLogger, type Logger } from '../runtime/logger';
import { processShared } from '../runtime/process-shared';
import { PipelineCore, type PipelinePorts } from './pipeline';

/** What `openPipeline` gives; see PipelineCore for the contracts of its methods. */
export interface Pipeline extends Pick<
	PipelineCore,
	| 'attachReceiver'
	| 'attachExport'
	| 'hasReceiver'
	| 'findDataset'
	| 'accept'
	| 'add'
	| 'tryDelivery'
	| 'pushTest'
	| 'flush'
	| 'claimDue'
	| 'lookAtReplay'
	| 'held'
	| 'keepMetrics'
	| 'recentRequests'
	| 'lastEvent'
	| 'renewUrlSecret'
	| 'subscribe'
> {
	readonly store: Store;
	/** Ends this handle; the last one detaches everything. Idempotent; never closes the store. */
	close(): Promise<void>;
}

interface Shared {
	readonly core: PipelineCore;
	/** Stores of the open handles: all the same store, each closed by its own opener. */
	readonly stores: Store[];
}

/** One pipeline per store and process, also when a host loads this module twice. */
function registry(): Map<string, Shared> {
	return processShared('pipelines', () => new Map());
}

/**
 * Opens the pipeline of a store: a new one, or another handle of the one that is open.
 *
 * @param options clock, logger, gate and fetchText count for the first handle only
 */
export async function openPipeline(options: {
	readonly store: Store;
	readonly clock?: Clock;
	readonly logger?: Logger;
	/** What holds up deliveries beside the store and the sinks; default: how the destinations are. */
	readonly gate?: Gate;
	/** What fetches what senders keep on servers of their own; default: guarded. */
	readonly fetchText?: FetchText;
}): Promise<Pipeline> {
	const { store, clock = systemClock, logger = silentLogger, gate, fetchText } = options;
	const pipelines = registry();
	const shared = pipelines.get(store.id) ?? create({ clock, logger, gate, fetchText });
	pipelines.set(store.id, shared);
	shared.stores.push(store);
	const { core } = shared;
	// Each by itself: one store may be open twice, with a password that has changed, and the older one goes first.
	const unwatch = store.watch?.(() => core.claimDue());
	let closing: Promise<void> | undefined;
	return {
		store,
		attachReceiver: (...args) => core.attachReceiver(...args),
		attachExport: (...args) => core.attachExport(...args),
		hasReceiver: (...args) => core.hasReceiver(...args),
		findDataset: (...args) => core.findDataset(...args),
		accept: (...args) => core.accept(...args),
		add: (...args) => core.add(...args),
		tryDelivery: (...args) => core.tryDelivery(...args),
		pushTest: (...args) => core.pushTest(...args),
		flush: (...args) => core.flush(...args),
		claimDue: () => core.claimDue(),
		lookAtReplay: (...args) => core.lookAtReplay(...args),
		held: () => core.held(),
		recentRequests: (...args) => core.recentRequests(...args),
		lastEvent: (...args) => core.lastEvent(...args),
		renewUrlSecret: (...args) => core.renewUrlSecret(...args),
		keepMetrics: (...args) => core.keepMetrics(...args),
		subscribe: (...args) => core.subscribe(...args),
		close: () => {
			unwatch?.();
			return (closing ??= release(store, shared));
		},
	};
}

function create(ports: Omit<PipelinePorts, 'store'>): Shared {
	const stores: Store[] = [];
	const store = (): Store => {
		// The newest: what it was opened with is what holds now.
		const open = stores.at(-1);
		if (!open) throw new BufferError('ERR_STORE_UNAVAILABLE', 'the pipeline is closed');
		return open;
	};
	return { core: new PipelineCore({ ...ports, store }), stores };
}

async function release(store: Store, shared: Shared): Promise<void> {
	const { stores, core } = shared;
	if (stores.length === 1) {
		if (registry().get(store.id) === shared) registry().delete(store.id);
		// The store is still needed to release leases.
		await core.close();
	}
	stores.splice(stores.indexOf(store), 1);
}
