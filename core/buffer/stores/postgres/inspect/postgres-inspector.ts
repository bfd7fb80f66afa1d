import {
	type BatchSummary,
	type ExportSummary,
	type Finding,
	type InspectedDocument,
	type InspectedLatest,
	type InspectedRow,
	type RowState,
	SHOWN_BATCHES,
	type StoreInspector,
	type StoreSummary,
	type VerifyReport,
} from '../../../inspect/store-inspector';
import { verifyLatest } from '../../../inspect/verify-latest';
import { verifyDocuments } from '../../../inspect/verify-documents';
import type { Counters } from '../../../store';
import { batchKey } from '../../batch-key';
import { showFailure } from '../../kept-failure';
import { type BatchRow, toBatch } from '../batches';
import { checkSchema } from '../check-options';
import type { Engine, ExportRecord } from '../engine';
import { liveExports } from '../exports';
import type { PostgresStoreOptions } from '../open-postgres-store';
import { readSize } from '../read-stats';
import { showCounters } from '../show-counters';
import { type Snapshot, SnapshotReader } from './snapshot';
import { verifyExport } from './verify-export';
import { sumLatest, walkLatest } from './walk-latest';
import { sumDocuments, walkDocuments } from './walk-documents';
import { walkRows } from './walk-rows';

/** The postgres store seen from outside (S54). Nobody owns it: what others do meanwhile is not seen. */
export class PostgresInspector implements StoreInspector {
	readonly #schema: string;
	readonly #reader: SnapshotReader;

	constructor(options: PostgresStoreOptions) {
		this.#schema = checkSchema(options.schema);
		this.#reader = new SnapshotReader(options);
	}

	summary(): Promise<StoreSummary> {
		return this.#reader.read(async (snapshot) => {
			const { query, engine, meta } = snapshot;
			const exports: ExportSummary[] = [];
			const live = await liveExports(engine, query);
			for (const [at, counters] of (await showCounters(engine, query, live)).entries()) {
				const e = live[at];
				if (e !== undefined) exports.push(await summarize(snapshot, e, counters));
			}
			return {
				kind: 'postgres',
				storeId: meta.store_id,
				format: meta.format,
				createdAt: meta.created_at,
				diskBytes: await readSize(query, this.#schema),
				missingRows: 0,
				quarantinedRows: meta.quarantined_rows,
				notes: [],
				exports,
				documents: await sumDocuments(query),
				latest: await sumLatest(query),
			};
		});
	}

	verify(): Promise<VerifyReport> {
		return this.#reader.read(async ({ query, engine }) => {
			const findings: Finding[] = [];
			const checked = { exports: 0, chunks: 0, rows: 0, batches: 0, documents: 0, latest: 0 };
			for (const e of await liveExports(engine, query)) {
				checked.exports++;
				await verifyExport(query, e, checked, (finding) => findings.push(finding));
			}
			for await (const page of walkLatest(query)) {
				verifyLatest(page, checked, (finding) => findings.push(finding));
			}
			for await (const page of walkDocuments(query)) {
				verifyDocuments(page, checked, (finding) => findings.push(finding));
			}
			return { findings, notes: [], checked };
		});
	}

	/**
	 * In one snapshot: a row that goes from one state to another meanwhile, or whose chunk is cut, would come twice or not at
	 * all otherwise.
	 */
	rows(
		states: readonly RowState[],
		onDamage: (finding: Finding) => void,
	): AsyncGenerator<InspectedRow[]> {
		return this.#reader.readPieces(async function* ({ query, engine }) {
			for (const e of await liveExports(engine, query)) {
				for (const state of states) {
					yield* walkRows(query, e, state, { clock: engine.clock, onDamage });
				}
			}
		});
	}

	documents(): AsyncGenerator<InspectedDocument[]> {
		return this.#reader.readPieces(({ query }) => walkDocuments(query));
	}

	latest(): AsyncGenerator<InspectedLatest[]> {
		return this.#reader.readPieces(({ query }) => walkLatest(query));
	}

	close(): Promise<void> {
		return this.#reader.close();
	}
}

async function summarize(
	{ query, engine }: Snapshot,
	e: ExportRecord,
	counters: Counters,
): Promise<ExportSummary> {
	const first = async (state: 'open' | 'dead') => {
		const rows = await query<BatchRow>(
			'SELECT * FROM @batch WHERE export = $1 AND state = $2 ORDER BY id LIMIT $3',
			[e.id, state, SHOWN_BATCHES],
		);
		return rows.map((row) => showBatch(engine, e, row));
	};
	return {
		...counters,
		label: e.config.label,
		mappingRevision: e.mappingRevision,
		isDraining: e.isDraining,
		batches: await first('open'),
		deadLetters: await first('dead'),
	};
}

function showBatch(engine: Engine, e: ExportRecord, row: BatchRow): BatchSummary {
	const { number, count, sizeBytes, firstAt, attempts, failure, state, nextAt, deadAt, salt } =
		toBatch(row);
	const toLocal = (at: number) => engine.clock.toLocal(at);
	return {
		batchId: String(number),
		idempotencyKey: batchKey(engine.storeId, e.exportId, number, salt),
		rows: count,
		bytes: sizeBytes,
		firstAt,
		attempts,
		...(state === 'open' ? { nextAt: toLocal(nextAt) } : { deadAt: toLocal(deadAt) }),
		...(failure === undefined ? {} : { error: showFailure(failure, toLocal) }),
	};
}
