import { ConfigError } from '../errors';
import { newUuid } from '../runtime/ids';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { MemoryStore } from './stores/memory/memory-store';
import { shareStore } from './stores/registry';
import {
	openPostgresStore,
	type PostgresStoreOptions,
} from './stores/postgres/open-postgres-store';
import { openSqliteStore, type SqliteStoreOptions } from './stores/sqlite/open-sqlite-store';
import type { Store } from './store';

export interface MemoryStoreOptions {
	readonly kind: 'memory';
	/** Openers with the same name share one store; without a name each has its own. */
	readonly name?: string;
	readonly clock?: Clock;
	/** Hears what retention does. */
	readonly logger?: Logger;
}

export type StoreOptions = MemoryStoreOptions | SqliteStoreOptions | PostgresStoreOptions;

/**
 * Opens a store, or takes part in one that is open in this process: sqlite is shared by the real path of its directory, postgres
 * by connection string and schema, memory by name. Options of the first opener count. Each opener closes its own handle; the last one closes the store.
 *
 * @throws ConfigError for options that cannot work, and where this Node has no SQLite (S5)
 * @throws BufferError ERR_STORE_OWNED another process has the directory; ERR_STORE_VERSION; ERR_STORE_CORRUPT;
 *   ERR_STORE_UNAVAILABLE
 */
export async function openStore(options: StoreOptions): Promise<Store> {
	switch (options?.kind) {
		case 'memory':
			return shareStore(`memory:${memoryName(options.name)}`, async () => new MemoryStore(options));
		case 'sqlite':
			return openSqliteStore(options);
		case 'postgres':
			return openPostgresStore(options);
		default:
			throw new ConfigError('store.kind', '"sqlite", "postgres" or "memory"', options);
	}
}

function memoryName(name: string | undefined): string {
	if (name === undefined) return newUuid(Date.now());
	if (typeof name !== 'string' || name === '') {
		throw new ConfigError('store.name', 'a name of at least 1 character', name);
	}
	return name;
}
