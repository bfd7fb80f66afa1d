import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../runtime/logger';
import { openStore, type StoreOptions } from '../open-store';
import type { Store } from '../store';
import type { InspectOptions } from './open-inspector';
import { SnapshotReader } from '../stores/postgres/inspect/snapshot';
import { requireSound } from '../stores/sqlite/inspect/require-sound';

/**
 * Opens a store that no host has, or beside the hosts that share it, for verbs: whatever they make due waits for the host.
 *
 * @param warn hears what the store says of itself while it is open, such as rows that are missing
 * @param o.isMade where there is no store it is made
 * @throws as `openStore`; ConfigError where there is no store; ERR_STORE_CORRUPT, before anything was changed, where a sqlite store is
 *   damaged
 */
export async function openToOperate(
	options: InspectOptions,
	warn: (message: string) => void = () => {},
	{ isMade = false }: { readonly isMade?: boolean } = {},
): Promise<Store> {
	if (!isMade || isThere(options)) await requireAny(options);
	return openStore({ ...toStoreOptions(options), logger: { ...silentLogger, warn } });
}

/** A PostgreSQL says it when it is opened. */
function isThere(options: InspectOptions): boolean {
	return options.kind === 'sqlite' && existsSync(join(options.directory, 'store.db'));
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
