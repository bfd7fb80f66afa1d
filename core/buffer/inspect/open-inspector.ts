import { ConfigError } from '../../errors';
import type { StoreOptions } from '../open-store';
import { PostgresInspector } from '../stores/postgres/inspect/postgres-inspector';
import { SqliteInspector } from '../stores/sqlite/inspect/sqlite-inspector';
import type { StoreInspector } from './store-inspector';

export type InspectOptions =
	| { readonly kind: 'sqlite'; readonly directory: string }
	| Extract<StoreOptions, { kind: 'postgres' }>;

/**
 * Opens a store to look at it. A sqlite store must have no owner, and has one until `close`; reading blocks the thread, so
 * this belongs into a process of its own (S8).
 *
 * @throws ConfigError where there is no store, and where this Node has no SQLite (S5)
 * @throws BufferError ERR_STORE_OWNED, ERR_STORE_VERSION, ERR_STORE_CORRUPT, ERR_STORE_UNAVAILABLE
 */
export async function openInspector(options: InspectOptions): Promise<StoreInspector> {
	switch (options?.kind) {
		case 'sqlite':
			return SqliteInspector.open(options.directory);
		case 'postgres':
			return new PostgresInspector(options);
		default:
			throw new ConfigError('store.kind', '"sqlite" or "postgres"', options);
	}
}
