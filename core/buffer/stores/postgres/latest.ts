import { crc32 } from 'node:zlib';
import type { Row, StoredRow } from '../../store';
import { indexBytes, orderBytes } from '../key-bytes';
import { byLatestKey, isAtLeast, orderNumber } from '../order-key';
import { decodeRow, encodedLength, encodeRow } from '../row-codec';
import type { Query, SqlValue } from './connection';
import type { ExportRecord } from './engine';

const FIELDS = 7;
/** PostgreSQL takes 65,535 parameters. */
const MAX_PER_INSERT = 5_000;

/** As isAtLeast has it. */
const UPSERT = (tuples: string) => `
INSERT INTO @latest AS l (export, key, revision, order_key, order_number, crc, row) VALUES ${tuples}
ON CONFLICT (export, key) DO UPDATE SET revision = excluded.revision, order_key = excluded.order_key,
	order_number = excluded.order_number, crc = excluded.crc, row = excluded.row
WHERE l.order_key IS NULL OR excluded.order_key IS NULL
	OR CASE WHEN l.order_number IS NOT NULL AND excluded.order_number IS NOT NULL
		THEN excluded.order_number >= l.order_number ELSE excluded.order_key >= l.order_key END`;

/** The last row of each key among the rows of one group (S40). */
export class LatestRows {
	readonly #rows = new Map<string, { exportNumber: number; key: Buffer; row: Row }>();

	add(exportNumber: number, row: Row): void {
		if (row.latestKey === undefined) return;
		const key = indexBytes(row.latestKey);
		const name = `${exportNumber}/${key.toString('hex')}`;
		const stored = this.#rows.get(name);
		if (stored !== undefined && !isAtLeast(row.orderKey, stored.row.orderKey)) return;
		this.#rows.set(name, { exportNumber, key, row });
	}

	/** In the order of their keys, so that two processes do not wait for each other. */
	async save(query: Query): Promise<void> {
		const rows = [...this.#rows.values()].sort(
			(a, b) => a.exportNumber - b.exportNumber || a.key.compare(b.key),
		);
		for (let from = 0; from < rows.length; from += MAX_PER_INSERT) {
			const values: SqlValue[] = [];
			const tuples = rows.slice(from, from + MAX_PER_INSERT).map(({ exportNumber, key, row }) => {
				const body = Buffer.alloc(encodedLength(row));
				encodeRow(row, body, 0);
				const { orderKey, mappingRevision } = row;
				const order = orderKey === undefined ? null : orderBytes(orderKey);
				const start = values.length;
				values.push(exportNumber, key, mappingRevision, order, orderNumber(orderKey) ?? null);
				values.push(crc32(body), body);
				return `(${Array.from({ length: FIELDS }, (_, at) => `$${start + at + 1}`).join(', ')})`;
			});
			await query(UPSERT(tuples.join(', ')), values);
		}
	}
}

/** By key; a damaged one is reported and left out, never given wrong. */
export async function readLatest(
	query: Query,
	e: ExportRecord,
	warn: (message: string) => void,
): Promise<StoredRow[]> {
	const rows = await query<{ revision: number; crc: number; row: Buffer }>(
		'SELECT revision, crc, row FROM @latest WHERE export = $1',
		[e.id],
	);
	const { exportId } = e;
	const intact = rows.filter(({ crc, row }) => crc32(row) === crc);
	if (intact.length < rows.length) {
		warn(`${rows.length - intact.length} latest rows of export ${exportId} are damaged`);
	}
	return byLatestKey(
		intact.map(({ revision, row }) =>
			decodeRow(row, { exportId, mappingRevision: revision, rowId: 0 }),
		),
	);
}
