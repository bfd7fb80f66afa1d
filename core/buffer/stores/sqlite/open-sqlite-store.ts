import { mkdir, realpath } from 'node:fs/promises';
import { ConfigError } from '../../../errors';
import { type Clock, systemClock } from '../../../runtime/clock';
import { type Logger, silentLogger } from '../../../runtime/logger';
import type { Store } from '../../store';
import { shareStore } from '../registry';
import { checkDirectory, checkDurability, checkLimits, type LimitOptions } from './check-options';
import type { Durability } from './protocol';
import { SqliteStore } from './sqlite-store';
import { WorkerClient } from './worker-client';
import { requireSqlite } from './worker-location';

export interface SqliteStoreOptions {
	readonly kind: 'sqlite';
	/** Made when missing; one process owns it (I15). */
	readonly directory: string;
	readonly limits?: LimitOptions;
	/** Default full: an answer means fsync. normal: what was answered last may vanish with the power. */
	readonly durability?: Durability;
	readonly clock?: Clock;
	/** Hears of missing rows, damage and refused appends. */
	readonly logger?: Logger;
}

/** As `openStore`. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
	const { clock = systemClock, logger = silentLogger } = options;
	const wanted = checkDirectory(options.directory);
	const limits = checkLimits(options.limits);
	const durability = checkDurability(options.durability);
	requireSqlite();
	const directory = await makeDirectory(wanted);
	return shareStore(`sqlite:${directory}`, async () => {
		const warn = (message: string) => logger.warn(message, { directory });
		const client = await WorkerClient.start({ directory, limits, durability, clock, warn });
		return new SqliteStore(client, clock);
	});
}

/** @returns its real path, by which the process knows it */
async function makeDirectory(directory: string): Promise<string> {
	try {
		await mkdir(directory, { recursive: true, mode: 0o700 });
		return await realpath(directory);
	} catch (error) {
		const expected = 'a directory that exists or can be made';
		throw new ConfigError('store.directory', expected, directory, { cause: error });
	}
}
