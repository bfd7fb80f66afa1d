import type { Batch, Outcome } from '../../buffer/store';
import { ConfigError, CoreError, DeliveryError } from '../../errors';
import { TABLE_TIMEOUT_MS } from '../../pure/bounds';
import { withUnreadable, type UnreadableRow } from '../read-rows';
import { reportedError } from '../reported-error';
import type { Attempt, RequestReport, Sink } from '../sink';
import { outcomeOfFault } from './outcome-of-fault';
import type { TableConfig } from './table-config';
import type { TableDatabase, TableLoad } from './table-database';
import type { BadRow } from './table-fault';
import { parseTableName } from './table-name';
import { tableRows } from './table-rows';
import { shapeOf, type TableShape } from './table-shape';

/**
 * Loads batches into a table. Nothing that somebody has to change there costs a row: the export is paused then, with its rows.
 *
 * @param o.isTrial takes back all that it does
 */
export function createTableSink(
	config: TableConfig,
	database: TableDatabase,
	o: { readonly isTrial: boolean },
): Sink {
	return {
		async deliver(batch, attempt) {
			try {
				const shape = shapeOf(config, batch) ?? NO_COLUMNS;
				const load = loadOf(batch, config, { shape, ...o });
				return await deliverLoad(batch, attempt, { database, load });
			} catch (error) {
				if (!(error instanceof ConfigError)) throw error;
				return { kind: 'retry', pause: true, error: mismatch(error) };
			}
		},
		close: () => database.close(),
	};
}

/** Of whole events, all of which are put aside by what reads them. */
const NO_COLUMNS: TableShape = { columns: [], primaryKey: [] };

async function deliverLoad(
	batch: Batch,
	{ signal, onRequest, onPutAside }: Attempt,
	{ database, load }: { readonly database: TableDatabase; readonly load: TableLoad },
): Promise<Outcome> {
	const unreadable: UnreadableRow[] = [];
	const refuse = load.onBadRow === 'refuse';
	const rows = tableRows(batch, load.shape, { unreadable, refuse });
	const startedAt = performance.now();
	let outcome: Outcome;
	try {
		const hasColumns = load.shape !== NO_COLUMNS;
		const done = hasColumns ? await database.load(load, rows, signal) : undefined;
		// What cannot be read is put aside again as it was then.
		if (done?.isRepeated !== false) await readThrough(rows());
		const refused = (done?.bad ?? []).map((bad) => refusedRow(batch, bad));
		const aside = [...unreadable, ...refused].sort((a, b) => a.position - b.position);
		onPutAside?.(aside);
		outcome = withUnreadable(aside.length < batch.count ? { kind: 'ack' } : undefined, aside);
	} catch (error) {
		if (signal.aborted) return { kind: 'release' };
		const isOfRow = error instanceof CoreError && error === unreadable[0]?.error;
		if (isOfRow) onPutAside?.(unreadable);
		outcome = isOfRow ? { kind: 'dead', error } : outcomeOfFault(error);
	}
	onRequest(reportOf(outcome, { durationMs: performance.now() - startedAt, rows: batch.count }));
	return outcome;
}

/** A load is the one request of its batch. Whatever keeps it from being taken now is as good as a database that is away. */
function reportOf(
	outcome: Outcome,
	known: Pick<RequestReport, 'durationMs' | 'rows'>,
): RequestReport {
	const ok = outcome.kind === 'ack' || outcome.kind === 'split';
	const isAway = outcome.kind === 'retry' && !outcome.pause;
	return {
		ok,
		...known,
		...(isAway ? { unreachable: true } : {}),
		...(!ok && 'error' in outcome ? reportedError(outcome.error) : {}),
	};
}

function loadOf(
	{ idempotencyKey }: Batch,
	config: TableConfig,
	o: { readonly shape: TableShape; readonly isTrial: boolean },
): TableLoad {
	const { create = 'once', adopt = false, onBadRow = 'aside', load = 'incremental' } = config;
	const end = idempotencyKey.lastIndexOf('/');
	return {
		table: parseTableName(config.table),
		mode: load,
		create,
		adopt,
		onBadRow,
		timeoutMs: config.timeoutMs ?? TABLE_TIMEOUT_MS.fallback,
		source: idempotencyKey.slice(0, Math.max(0, end)),
		batch: idempotencyKey.slice(end + 1),
		...o,
	};
}

async function readThrough(rows: AsyncIterable<unknown>): Promise<void> {
	for await (const _ of rows);
}

function refusedRow({ exportId }: Batch, { position, why }: BadRow): UnreadableRow {
	const message = `the table did not take row ${position + 1} of a batch of ${exportId}: ${why}`;
	return { position, error: new DeliveryError('ERR_SINK_REJECTED', message) };
}

function mismatch(cause: ConfigError): DeliveryError {
	return new DeliveryError('ERR_TABLE_MISMATCH', cause.message, { cause });
}
