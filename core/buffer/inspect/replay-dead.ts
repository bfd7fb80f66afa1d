import { silentLogger } from '../../runtime/logger';
import { openStore, type StoreOptions } from '../open-store';
import type { InspectOptions } from './open-inspector';
import { SnapshotReader } from '../stores/postgres/inspect/snapshot';
import { requireSound } from '../stores/sqlite/inspect/require-sound';

export type ReplayChoice =
	{ readonly batchId: string } | { readonly exportId: string; readonly since?: number };

/**
 * Makes dead letters due again (S37): one, or those of an export, all or since an instant. Who opens the store next delivers
 * them.
 *
 * @param warn hears what the store says of itself while it is open, such as rows that are missing
 * @throws as `openStore`; ConfigError where there is no store, ERR_EXPORT_UNKNOWN; ERR_STORE_CORRUPT, before anything was changed,
 *   where a sqlite store is damaged
 */
export async function replayDead(
	options: InspectOptions,
	choice: ReplayChoice,
	warn: (message: string) => void = () => {},
): Promise<{ batches: number; rows: number }> {
	await requireAny(options);
	const store = await openStore({ ...toStoreOptions(options), logger: { ...silentLogger, warn } });
	try {
		return await store.replay(choice);
	} finally {
		await store.close();
	}
}

/** Opening a store makes it where there is none, and anew where it is damaged. */
async function requireAny(options: InspectOptions): Promise<void> {
	if (options.kind === 'sqlite') return requireSound(options.directory);
	const reader = new SnapshotReader(options);
	try {
		await reader.read(async () => {});
	} finally {
		await reader.close();
	}
}

/** A small store needs no ballast for this, and a nearly full disk is no reason to refuse it. */
function toStoreOptions(options: InspectOptions): StoreOptions {
	if (options.kind !== 'sqlite') return options;
	return { ...options, limits: { ballastBytes: 0 } };
}
