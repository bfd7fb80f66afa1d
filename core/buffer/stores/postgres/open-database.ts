import { ConfigError } from '../../../errors';
import { type Clock, systemClock } from '../../../runtime/clock';
import { newUuid } from '../../../runtime/ids';
import type { Durability } from '../durability';
import type { Connection, Query } from '../../../postgres/connection';
import { otherFormat } from '../failures';
import { FORMAT, SCHEMA } from './schema';
import { checkServerVersion } from './server-version';
import type { ClockMark, SavedTime } from '../store-time';
import { NOTE_SEEN, RAISE_OFFSET, SERVER_TIME, type ServerTime } from './store-clock';

export interface Opened {
	readonly storeId: string;
	readonly server: ServerTime;
	readonly past: SavedTime;
	/** How far the server's clock is behind what it showed when the store was last used. */
	readonly setBackMs: number;
	readonly engine: string;
	readonly isDurable: boolean;
	readonly warnings: readonly string[];
}

/**
 * Makes the schema where it is new and reads what every process has to know of the store.
 *
 * @param o clock: unless it is the system's, the store goes by it and not by the server's
 */
export async function openDatabase(
	connection: Connection,
	schema: string,
	{ durability, clock }: { durability: Durability; clock: Clock },
): Promise<Opened> {
	return connection.transaction(async (query) => {
		// Who opens an empty database at the same instant waits here until the first has made everything.
		await query('SELECT pg_advisory_xact_lock(hashtext($1))', [`sluice open ${schema}`]);
		const [server] = await query<{ version: string; number: number }>(
			`SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
		);
		const aged = checkServerVersion(server?.number ?? 0);
		await checkEncoding(query);
		const { isDurable, warnings } = await requireDurability(query, durability);
		await prepare(query, schema);
		const [meta] = await query<{ store_id: string; last_seen_at: number; lived_at: number }>(
			'SELECT store_id, last_seen_at, lived_at FROM @meta',
		);
		const lastSeenAt = meta?.last_seen_at ?? 0;
		const [time = { now: 0, offset: 0 }] = await query<ServerTime>(SERVER_TIME);
		const marks = await query<ClockMark>(
			'SELECT at, lived_at AS "livedAt" FROM @lived_mark ORDER BY id',
		);
		const isShared = clock === systemClock;
		const backMs = isShared ? Math.max(0, lastSeenAt - (time.now + time.offset)) : 0;
		if (backMs > 0) await query(RAISE_OFFSET, [time.offset + backMs, time.offset]);
		// What is written from now on may say this time.
		await query(NOTE_SEEN, [isShared ? time.now + time.offset : clock.now()]);
		return {
			storeId: meta?.store_id ?? '',
			server: { now: time.now, offset: time.offset + backMs },
			past: { lastSeenAt, livedAt: meta?.lived_at ?? 0, marks },
			setBackMs: backMs,
			engine: `PostgreSQL ${server?.version.split(' ')[0] ?? 'unknown'}`,
			isDurable,
			warnings: [...aged, ...warnings],
		};
	});
}

/** Error messages, labels and templates hold any character. @throws ConfigError */
async function checkEncoding(query: Query): Promise<void> {
	const [row] = await query<{ encoding: string }>(
		"SELECT current_setting('server_encoding') AS encoding",
	);
	if (row?.encoding !== 'UTF8') {
		throw new ConfigError('store', 'a database with encoding UTF8', row?.encoding);
	}
}

/**
 * S59: a commit that does not wait for the disk is no acknowledgement.
 *
 * @throws ConfigError naming the setting, unless durability is normal
 */
async function requireDurability(
	query: Query,
	durability: Durability,
): Promise<{ isDurable: boolean; warnings: string[] }> {
	const names = ['fsync', 'synchronous_commit', 'full_page_writes'];
	const settings = await query<{ name: string; setting: string }>(
		'SELECT name, setting FROM pg_settings WHERE name = ANY($1::text[])',
		[names],
	);
	const off = settings.filter(({ setting }) => setting === 'off').map(({ name }) => name);
	if (off.length === 0) return { isDurable: true, warnings: [] };
	const shown = off.map((name) => `${name}=off`).join(', ');
	if (durability === 'full') {
		throw new ConfigError(
			'store',
			`a PostgreSQL that keeps what it has answered: it runs with ${shown}; turn that on, or choose durability "normal"`,
		);
	}
	const warnings = [`PostgreSQL runs with ${shown}: what was acknowledged last may be lost`];
	return { isDurable: false, warnings };
}

/** @throws BufferError ERR_STORE_VERSION */
async function prepare(query: Query, schema: string): Promise<void> {
	const [found] = await query<{ exists: boolean }>('SELECT to_regclass($1) IS NOT NULL AS exists', [
		`"${schema}".meta`,
	]);
	if (found?.exists === true) {
		const [meta] = await query<{ format: number }>('SELECT format FROM @meta');
		const format = meta?.format ?? 0;
		if (format !== FORMAT) throw otherFormat(`schema ${schema}`, format, FORMAT);
		return;
	}
	const [known] = await query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
	// Not IF NOT EXISTS: who may not make schemas may still have been given one.
	if (known === undefined) await query(`CREATE SCHEMA "${schema}"`);
	await query(SCHEMA);
	const now = Date.now();
	await query(
		'INSERT INTO @meta (id, store_id, created_at, format, last_seen_at, quarantined_rows) VALUES (1, $1, $2, $3, 0, 0)',
		[newUuid(now), now, FORMAT],
	);
}
