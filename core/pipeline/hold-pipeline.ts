import { openStore, type StoreOptions } from '../buffer/open-store';
import type { Store } from '../buffer/store';
import { systemClock, type Cancel, type Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { openPipeline, type Pipeline } from './open-pipeline';
import { processShared } from '../runtime/process-shared';

/** How long the last handle outlives its holder: requests may still come while a host redeploys (N63). */
const LINGER_MS = 30_000;

/** A pipeline with its store, as hosts' nodes share it. */
export interface PipelineHold {
	readonly pipeline: Pipeline;
	/** Gives the hold back; the last one closes pipeline and store after the linger time. Idempotent. */
	release(): void;
}

interface Entry {
	holds: number;
	opened: Promise<{ store: Store; pipeline: Pipeline }>;
	linger: Cancel | undefined;
}

function registry(): Map<string, Entry> {
	return processShared('held-pipelines', () => new Map());
}

/**
 * Opens a store and its pipeline, or shares what another node of the host has opened with the same options.
 *
 * @throws what openStore throws; the next call tries again
 */
export async function holdPipeline(options: {
	readonly store: StoreOptions;
	readonly logger?: Logger;
	readonly clock?: Clock;
	readonly lingerMs?: number;
}): Promise<PipelineHold> {
	const { clock = systemClock, lingerMs = LINGER_MS } = options;
	const key = JSON.stringify(options.store);
	await closeFormer(key, options.store);
	const entry = registry().get(key) ?? { holds: 0, opened: open(options), linger: undefined };
	registry().set(key, entry);
	entry.holds++;
	entry.linger?.();
	entry.linger = undefined;
	let released = false;
	const release = (): void => {
		if (released) return;
		released = true;
		if (--entry.holds > 0) return;
		entry.linger = clock.after(lingerMs, () => void close(key, entry));
	};
	try {
		return { pipeline: (await entry.opened).pipeline, release };
	} catch (error) {
		if (registry().get(key) === entry) registry().delete(key);
		throw error;
	}
}

/**
 * A store that lingers with other options is closed first: it would be shared as it is, and what was changed in its dialog would
 * count only after a restart.
 */
async function closeFormer(key: string, store: StoreOptions): Promise<void> {
	if (store.kind !== 'sqlite' || registry().has(key)) return;
	const isFormer = (other: StoreOptions) =>
		other.kind === 'sqlite' && other.directory === store.directory;
	for (const [otherKey, entry] of [...registry()]) {
		if (entry.holds > 0 || !isFormer(JSON.parse(otherKey) as StoreOptions)) continue;
		// What goes wrong there was told by the store; the new one says whether it can be opened.
		await close(otherKey, entry).catch(() => {});
	}
}

/** The stores that are open here, held by a node or by nobody since a short while. */
export function heldStores(): StoreOptions[] {
	return [...registry().keys()].map((key) => JSON.parse(key) as StoreOptions);
}

/** Closes at once what no node holds; for hosts that end. */
export async function closeIdlePipelines(): Promise<void> {
	const idle = [...registry()].filter(([, { holds }]) => holds === 0);
	await Promise.all(idle.map(([key, entry]) => close(key, entry)));
}

async function open(options: { store: StoreOptions; logger?: Logger; clock?: Clock }): Promise<{
	store: Store;
	pipeline: Pipeline;
}> {
	const { logger, clock } = options;
	// The store has things to say, too: damage, lost connections, what retention did.
	const store = await openStore({ ...options.store, ...(logger ? { logger } : {}) });
	return {
		store,
		pipeline: await openPipeline({
			store,
			...(logger ? { logger } : {}),
			...(clock ? { clock } : {}),
		}),
	};
}

async function close(key: string, entry: Entry): Promise<void> {
	if (entry.holds > 0) return;
	entry.linger?.();
	if (registry().get(key) === entry) registry().delete(key);
	const { store, pipeline } = await entry.opened;
	await pipeline.close();
	await store.close();
}
