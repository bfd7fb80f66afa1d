import { BufferError } from '../../../errors';
import type { Connection } from './connection';
import type { Durability } from '../durability';

interface Pragma {
	readonly name: string;
	readonly value: string;
	/** As it reads back. */
	readonly expected: number | string;
}

const WAL_SIZE_LIMIT_BYTES = 16 * 1024 ** 2;

/** Before the first access, so that the connection keeps its lock (S11). */
const LOCKING: readonly Pragma[] = [
	{ name: 'busy_timeout', value: '0', expected: 0 },
	{ name: 'locking_mode', value: 'EXCLUSIVE', expected: 'exclusive' },
];

/** S10, in this order: auto_vacuum before the first table; mmap off, since a mapped file that is cut short kills the process. */
function pragmas(durability: Durability): Pragma[] {
	const isMac = process.platform === 'darwin';
	return [
		{ name: 'auto_vacuum', value: 'INCREMENTAL', expected: 2 },
		{ name: 'journal_mode', value: 'WAL', expected: 'wal' },
		durability === 'full'
			? { name: 'synchronous', value: 'FULL', expected: 2 }
			: { name: 'synchronous', value: 'NORMAL', expected: 1 },
		{ name: 'wal_autocheckpoint', value: '1000', expected: 1_000 },
		{
			name: 'journal_size_limit',
			value: String(WAL_SIZE_LIMIT_BYTES),
			expected: WAL_SIZE_LIMIT_BYTES,
		},
		{ name: 'mmap_size', value: '0', expected: 0 },
		...(isMac ? [{ name: 'fullfsync', value: '1', expected: 1 }] : []),
		...(isMac ? [{ name: 'checkpoint_fullfsync', value: '1', expected: 1 }] : []),
	];
}

/** Makes the first access lock the database; changes nothing in it. @throws as applyPragmas */
export function lock(connection: Connection): void {
	setAll(connection, LOCKING);
}

/**
 * Sets every pragma by name and compares what reads back: a setting that silently did not take would lose rows.
 *
 * @throws BufferError ERR_STORE_UNAVAILABLE naming the pragma
 */
export function applyPragmas(connection: Connection, durability: Durability): void {
	setAll(connection, [...LOCKING, ...pragmas(durability)]);
}

function setAll(connection: Connection, wanted: readonly Pragma[]): void {
	for (const { name, value, expected } of wanted) {
		// Kept in the file, and written to it each time it is set: into a log of which the rest may have to be kept (S52).
		if (name === 'auto_vacuum' && readPragma(connection, name) === expected) continue;
		connection.exec(`PRAGMA ${name}=${value}`);
		const found = readPragma(connection, name);
		if (found !== expected) {
			throw new BufferError(
				'ERR_STORE_UNAVAILABLE',
				`SQLite did not take PRAGMA ${name}=${value}: it reads ${String(found)}`,
			);
		}
	}
}

export function readPragma(connection: Connection, name: string): unknown {
	const row = connection.get(`PRAGMA ${name}`);
	// mmap_size gives no row where SQLite was built without it.
	return row === undefined ? 0 : Object.values(row)[0];
}
