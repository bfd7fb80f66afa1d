import type { ExportState } from '../../../config';
import { fullExportId } from '../../../config';
import { exportUnknown } from '../failures';
import { isByKey, newestForgotten } from '../export-rules';
import { mappingFingerprint } from '../mapping-revision';
import type { KnownExport, StoredExport } from '../../store';
import { type BatchRecord, lockBatch } from './batches';
import type { Query, SqlValue } from '../../../postgres/connection';
import type { Engine, ExportRecord } from './engine';
import { switchOrder } from './switch-order';

interface ExportRow {
	readonly id: number;
	readonly name: string;
	readonly version: number;
	/** NULL where the version is the known one; then the members below are not needed. */
	readonly config: string | null;
	readonly state: string;
	readonly is_draining: boolean;
	readonly is_removed: boolean;
	readonly fingerprint: string;
	readonly revision: number;
	readonly revisions: readonly number[] | null;
}

/** Every export, or those named; a configuration that this process has read is not sent again. */
const SELECT = (where: string) => `
SELECT e.id, e.name, e.version, e.state, e.is_draining, e.is_removed, e.fingerprint, e.revision,
	CASE WHEN e.version = k.version THEN NULL ELSE e.config END AS config,
	CASE WHEN e.version = k.version THEN NULL
		ELSE ARRAY(SELECT number FROM @revision r WHERE r.export = e.id) END AS revisions
FROM @export e
LEFT JOIN unnest($1::text[], $2::bigint[]) AS k(name, version) ON k.name = e.name
WHERE ${where} ORDER BY e.id`;

const SELECT_LIVE = SELECT('NOT e.is_removed');
const SELECT_NAMED = SELECT('e.name = ANY($3::text[])');
const SELECT_OF_RECEIVERS = SELECT(
	`NOT e.is_removed AND split_part(e.name, '/', 1) = ANY($3::text[])`,
);

const LOCK = (how: string) => `
SELECT ${how}($1, id) FROM (SELECT id FROM @export WHERE name = ANY($2::text[]) ORDER BY id OFFSET 0) e`;
const LOCK_SHARED = LOCK('pg_advisory_xact_lock_shared');
const LOCK_EXCLUSIVE = LOCK('pg_advisory_xact_lock');

const LOCK_CLAIMS = 'SELECT pg_advisory_xact_lock($1, $2)';

const INSERT = `
INSERT INTO @export (name, version, config, state, is_draining, is_removed, fingerprint, revision, next_row_id)
VALUES ($1, nextval('@export_version'), $2, $3, false, true, '', 0, 1) ON CONFLICT (name) DO NOTHING`;

const UPDATE = `
UPDATE @export SET version = nextval('@export_version'), config = $2, state = $3, is_draining = $4, is_removed = $5, fingerprint = $6,
	revision = $7, is_by_key = $8
WHERE id = $1`;

const RAISE_ROW_ID = `
UPDATE @export SET next_row_id = greatest(next_row_id, $2) WHERE id = $1 RETURNING next_row_id AS next`;

const DELETE_UNUSED_REVISIONS = `
DELETE FROM @revision WHERE export = $1 AND number <= $2
	AND number NOT IN (SELECT DISTINCT revision FROM @chunk WHERE export = $1)
	AND number NOT IN (SELECT revision FROM @batch WHERE export = $1)`;

/**
 * What uses an export holds this until its transaction ends, so that nobody changes or removes the export meanwhile. A lock of
 * its own, not one of the row: it writes nothing, and claims may go on changing next_row_id.
 */
export async function useExports(
	engine: Engine,
	query: Query,
	exportIds: readonly string[],
): Promise<void> {
	await query(LOCK_SHARED, [engine.locks.export, exportIds]);
}

/** Waits for all that use the export, and keeps others out until the transaction ends. */
export async function ownExport(engine: Engine, query: Query, exportId: string): Promise<void> {
	await query(LOCK_EXCLUSIVE, [engine.locks.export, [exportId]]);
}

/** Keeps claims of an export away until the transaction ends, for what moves its waiting rows. */
export async function lockClaims(
	engine: Engine,
	query: Query,
	{ id }: Pick<ExportRecord, 'id'>,
): Promise<void> {
	await query(LOCK_CLAIMS, [engine.locks.claim, id]);
}

export async function liveExports(engine: Engine, query: Query): Promise<ExportRecord[]> {
	return load(engine, query, SELECT_LIVE);
}

/** All exports that share the quotas of these receivers. */
export async function exportsOfReceivers(
	engine: Engine,
	query: Query,
	receiverIds: readonly string[],
): Promise<ExportRecord[]> {
	return load(engine, query, SELECT_OF_RECEIVERS, { more: [receiverIds] });
}

/** Those of them that there are. */
export async function findExports(
	engine: Engine,
	query: Query,
	exportIds: readonly string[],
): Promise<ExportRecord[]> {
	const known = exportIds.flatMap((exportId) => engine.known.get(exportId) ?? []);
	const found = await load(engine, query, SELECT_NAMED, { known, more: [exportIds] });
	return found.filter(({ isRemoved }) => !isRemoved);
}

/** @throws BufferError ERR_EXPORT_UNKNOWN */
export async function findExport(
	engine: Engine,
	query: Query,
	exportId: string,
): Promise<ExportRecord> {
	const found = await seekExport(engine, query, exportId);
	if (found === undefined || found.isRemoved) throw exportUnknown(exportId);
	return found;
}

export async function putExport(
	engine: Engine,
	query: Query,
	config: StoredExport,
): Promise<{ mappingRevision: number }> {
	const exportId = fullExportId(config);
	await query(INSERT, [exportId, JSON.stringify(config), config.state]);
	await ownExport(engine, query, exportId);
	const e = await seekExport(engine, query, exportId);
	if (e === undefined) throw exportUnknown(exportId);
	const fingerprint = mappingFingerprint(config);
	let { mappingRevision } = e;
	if (e.fingerprint !== fingerprint) {
		mappingRevision++;
		const columns = config.columns === undefined ? null : JSON.stringify(config.columns);
		await query('INSERT INTO @revision (export, number, output, columns) VALUES ($1, $2, $3, $4)', [
			e.id,
			mappingRevision,
			config.output,
			columns,
		]);
		const forgotten = newestForgotten(mappingRevision);
		if (forgotten > 0) await query(DELETE_UNUSED_REVISIONS, [e.id, forgotten]);
	}
	const state = e.isRemoved ? config.state : e.state;
	const fresh = { isDraining: false, isRemoved: false };
	await switchOrder(query, e, config);
	await saveExport(query, { ...e, ...fresh, config, state, fingerprint, mappingRevision });
	return { mappingRevision };
}

export async function nextRowId(
	engine: Engine,
	query: Query,
	exportId: string,
	atLeast: number,
): Promise<number> {
	await useExports(engine, query, [exportId]);
	const { id } = await findExport(engine, query, exportId);
	const [row] = await query<{ next: number }>(RAISE_ROW_ID, [id, atLeast]);
	return row?.next ?? atLeast;
}

export async function saveExport(query: Query, e: ExportRecord): Promise<void> {
	const { id, config, state, isDraining, isRemoved, fingerprint, mappingRevision } = e;
	await query(UPDATE, [
		id,
		JSON.stringify(config),
		state,
		isDraining,
		isRemoved,
		fingerprint,
		mappingRevision,
		isByKey(e),
	]);
}

export function toKnownExport(e: ExportRecord): KnownExport {
	const { config, state, mappingRevision, isDraining } = e;
	return { ...config, state, mappingRevision, isDraining };
}

/**
 * The batch of a number, with its export in use and the batch locked, and under order key claims kept away (key-tables.ts). In this
 * order everywhere, so that nobody waits in a circle.
 */
export async function useBatch(
	engine: Engine,
	query: Query,
	number: number,
): Promise<
	{ batch: BatchRecord; exportId: string; isDraining: boolean; isByKey: boolean } | undefined
> {
	if (!Number.isSafeInteger(number)) return undefined;
	const [row] = await query<{
		id: number;
		name: string;
		is_draining: boolean;
		is_by_key: boolean;
	}>(
		'SELECT e.id, e.name, e.is_draining, e.is_by_key FROM @batch b JOIN @export e ON e.id = b.export WHERE b.id = $1',
		[number],
	);
	if (row === undefined) return undefined;
	await useExports(engine, query, [row.name]);
	if (row.is_by_key) await lockClaims(engine, query, row);
	const batch = await lockBatch(query, number);
	const { name: exportId, is_draining: isDraining, is_by_key: isKeyed } = row;
	return batch && { batch, exportId, isDraining, isByKey: isKeyed };
}

/** Also one that is removed. */
export async function seekExport(
	engine: Engine,
	query: Query,
	exportId: string,
): Promise<ExportRecord | undefined> {
	const known = engine.known.get(exportId);
	const [found] = await load(engine, query, SELECT_NAMED, {
		known: known === undefined ? [] : [known],
		more: [[exportId]],
	});
	return found;
}

async function load(
	engine: Engine,
	query: Query,
	text: string,
	o: { readonly known?: readonly ExportRecord[]; readonly more?: readonly SqlValue[] } = {},
): Promise<ExportRecord[]> {
	const { known = [...engine.known.values()], more = [] } = o;
	const rows = await query<ExportRow>(text, [
		known.map(({ exportId }) => exportId),
		known.map(({ version }) => version),
		...more,
	]);
	return rows.map((row) => remember(engine, row));
}

function remember(engine: Engine, row: ExportRow): ExportRecord {
	const known = engine.known.get(row.name);
	if (row.config === null && known !== undefined) return known;
	const e: ExportRecord = {
		id: row.id,
		exportId: row.name,
		version: row.version,
		config: JSON.parse(row.config ?? '{}') as StoredExport,
		state: row.state as ExportState,
		isDraining: row.is_draining,
		isRemoved: row.is_removed,
		fingerprint: row.fingerprint,
		mappingRevision: row.revision,
		revisions: new Set(row.revisions ?? []),
	};
	engine.known.set(row.name, e);
	return e;
}
