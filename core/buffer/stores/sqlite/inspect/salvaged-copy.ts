import {
	copyFileSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BufferError } from '../../../../errors';
import { Connection } from '../connection';
import { salvageStore } from '../salvage/salvage-store';
import type { RepairReport } from '../salvage/repair-export';
import { SELECT_META } from '../sql';
import { storeDamaged, toReason } from './read-failed';

/** What can be read of a damaged store, in a directory for temporary files. */
export interface SalvagedCopy {
	readonly connection: Connection;
	readonly directory: string;
	readonly exports: readonly RepairReport[];
	/** Removes it. */
	close(): void;
}

/**
 * Reads a damaged store page by page (S51) and leaves it as it is: what salvage makes of it, and what it renames and removes, are
 * a new file and links in a directory of their own. Needs as much room there as the rows have.
 *
 * @throws BufferError ERR_STORE_CORRUPT where nothing is found, ERR_STORE_UNAVAILABLE where the copy cannot be made
 */
export function salvageCopy(store: string, nowAt: number): SalvagedCopy {
	const directory = mkdtempSync(join(tmpdir(), 'sluice-salvage-'));
	const remove = () => rmSync(directory, { recursive: true, force: true });
	try {
		for (const name of ['store.db', 'store.db-wal', 'store.wit']) {
			const from = join(store, name);
			if (existsSync(from)) linkOrCopy(from, join(directory, name));
		}
		salvageStore(directory, nowAt);
		const exports = readReport(directory);
		const connection = new Connection(join(directory, 'store.db'));
		connection.get(SELECT_META);
		// At once, so that it is gone however the process ends; Windows cannot remove what is open.
		if (process.platform !== 'win32') remove();
		return {
			connection,
			directory,
			exports,
			close() {
				connection.close();
				remove();
			},
		};
	} catch (error) {
		remove();
		if (error instanceof BufferError && error.code === 'ERR_STORE_CORRUPT') {
			throw storeDamaged(store, 'nothing of a store was found in its file', error);
		}
		const message = `what can be read of store ${store} cannot be copied to ${tmpdir()}: ${toReason(error)}; TMPDIR names another place`;
		throw new BufferError('ERR_STORE_UNAVAILABLE', message, { cause: error });
	}
}

/** Symbolic links reach across file systems; not everybody may make them on Windows. */
function linkOrCopy(from: string, to: string): void {
	try {
		symlinkSync(from, to);
	} catch {
		copyFileSync(from, to);
	}
}

function readReport(directory: string): readonly RepairReport[] {
	const quarantine = join(directory, 'quarantine');
	const name = readdirSync(quarantine).find((one) => one.endsWith('.json'));
	if (name === undefined) return [];
	const report: unknown = JSON.parse(readFileSync(join(quarantine, name), 'utf8'));
	return (report as { exports: RepairReport[] }).exports;
}
