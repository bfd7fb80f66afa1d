import { ConfigError } from '../../../errors';
import type { Clock } from '../../../runtime/clock';
import type { Store } from '../../store';

export interface SqliteStoreOptions {
	readonly kind: 'sqlite';
	/** Made when missing; one process owns it. */
	readonly directory: string;
	readonly clock?: Clock;
}

export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
	throw new ConfigError('store.kind', '"memory"', options.kind);
}
