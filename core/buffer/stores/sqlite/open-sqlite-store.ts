import { mkdir, open, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BufferError, ConfigError } from '../../../errors';
import { type Clock, systemClock } from '../../../runtime/clock';
import { type Logger, silentLogger } from '../../../runtime/logger';
import type { Store } from '../../store';
import { shareStore } from '../registry';
import { checkDirectory, checkLength, checkLimits, type LimitOptions } from './check-options';
import { readDiskFacts, describeEphemeral } from './ephemeral-disk';
import { refuseNetwork } from './place';
import { checkDurability, type Durability } from '../durability';
import { SqliteStore } from './sqlite-store';
import { reasonAbove } from './probe';
import { isPassing } from '../../../runtime/system-reason';
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
	checkLength(directory);
	await refuseNetwork(directory);
	const ephemeral = await describeEphemeral(directory, await readDiskFacts());
	const store = await shareStore(`sqlite:${directory}`, async () => {
		const warn = (message: string) => logger.warn(message, { directory });
		const client = await WorkerClient.start({
			directory,
			limits,
			durability,
			...(ephemeral === undefined ? {} : { ephemeral }),
			clock,
			warn,
		});
		return new SqliteStore(client, { directory, clock });
	});
	try {
		if (durability === 'full' && !(await store.stats()).durable) {
			// A weaker mode is only for who names it (architecture, decision 3).
			const expected = '"normal", as its first opener has it';
			throw new ConfigError('store.durability', expected, durability);
		}
	} catch (error) {
		await store.close();
		throw error;
	}
	return store;
}

/** @returns its real path, by which the process knows it */
async function makeDirectory(directory: string): Promise<string> {
	try {
		const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
		const path = await realpath(directory);
		if (firstMade !== undefined) await syncParents(path, dirname(await realpath(firstMade)));
		return path;
	} catch (error) {
		const reason = reasonAbove(resolve(directory), error) ?? String(error);
		if (isPassing(error)) {
			const message = `store ${directory} cannot be made: ${reason}`;
			throw new BufferError('ERR_STORE_UNAVAILABLE', message, { cause: error });
		}
		const expected = `a directory that exists or can be made; ${directory} cannot: ${reason}`;
		throw new ConfigError('store.directory', expected, undefined, { cause: error });
	}
}

/** A new directory is on the disk only when its parent was synced; SQLite does that for its files (I1). */
async function syncParents(directory: string, until: string): Promise<void> {
	if (process.platform === 'win32') return; // where a directory cannot be opened
	for (let parent = dirname(directory); ; parent = dirname(parent)) {
		const handle = await open(parent, 'r');
		try {
			await handle.sync();
		} finally {
			await handle.close();
		}
		if (parent === until || parent === dirname(parent)) return;
	}
}
