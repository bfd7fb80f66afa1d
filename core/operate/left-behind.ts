import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { StoreOptions } from '../buffer/open-store';
import { CoreError, type ErrorCode } from '../errors';
import type { Logger } from '../runtime/logger';
import { heldStores, holdPipeline } from '../pipeline/hold-pipeline';
import type { ExportSnapshot } from './export-snapshot';
import { takeSnapshot } from './snapshot';

/** Rows of a receiver's exports in a store that is not the one it uses; or why nobody can tell. */
export type LeftBehind = {
	/** For people; without password and connection string. */
	readonly place: string;
	readonly store: StoreOptions;
} & (
	| { readonly waitingRows: number; readonly deadRows: number }
	| { readonly error: ErrorCode | 'unexpected error' }
);

/**
 * Looks for rows that a change of the store has left where nothing delivers them: in every other store that this process has open,
 * and in those of `places`. Empty where there are none. A directory without a store in it is not made one.
 *
 * @param o.store the one in use now
 * @param o.owners receiver ids, whatever the exports are called now
 */
export async function findLeftBehind(o: {
	readonly store: StoreOptions;
	readonly owners: readonly string[];
	readonly places: readonly StoreOptions[];
	readonly logger?: Logger;
}): Promise<LeftBehind[]> {
	// One that is open counts as it was opened.
	const places = new Map([...o.places, ...heldStores()].map((one) => [keyOf(one), one]));
	places.delete(keyOf(o.store));
	const found: LeftBehind[] = [];
	for (const store of places.values()) {
		const one = (await isThere(store)) ? await lookInto(store, o) : undefined;
		if (one) found.push({ place: placeOf(store), store, ...one });
	}
	return found;
}

type Finding =
	{ waitingRows: number; deadRows: number } | { error: ErrorCode | 'unexpected error' };

async function lookInto(
	store: StoreOptions,
	o: Parameters<typeof findLeftBehind>[0],
): Promise<Finding | undefined> {
	const logger = o.logger ? { logger: o.logger } : {};
	try {
		const hold = await holdPipeline({ store, ...logger });
		try {
			const { exports } = await takeSnapshot(hold.pipeline);
			const owned = exports.filter(({ exportId }) =>
				o.owners.some((owner) => exportId.startsWith(`${owner}/`)),
			);
			const sum = (rowsOf: (one: ExportSnapshot) => number): number =>
				owned.reduce((total, one) => total + rowsOf(one), 0);
			const waitingRows = sum(
				({ waiting, open, retrying }) => waiting.rows + open.rows + retrying.rows,
			);
			const deadRows = sum(({ dead }) => dead.rows);
			return waitingRows + deadRows > 0 ? { waitingRows, deadRows } : undefined;
		} finally {
			hold.release();
		}
	} catch (error) {
		return { error: error instanceof CoreError ? error.code : 'unexpected error' };
	}
}

/** Opening makes a store where there is none. */
async function isThere(store: StoreOptions): Promise<boolean> {
	if (store.kind !== 'sqlite') return true;
	const database = path.join(store.directory, 'store.db');
	return stat(database).then(
		() => true,
		() => false,
	);
}

function keyOf(store: StoreOptions): string {
	if (store.kind === 'sqlite') return `sqlite ${path.resolve(store.directory)}`;
	return store.kind === 'postgres'
		? `postgres ${store.schema ?? ''} ${store.connectionString}`
		: `memory ${store.name ?? ''}`;
}

function placeOf(store: StoreOptions): string {
	if (store.kind === 'sqlite') return store.directory;
	return store.kind === 'postgres' ? `PostgreSQL, schema "${store.schema ?? ''}"` : 'memory';
}
