import assert from 'node:assert/strict';
import type { Batch, Outcome } from '../../core/buffer/store';
import { createSink } from '../../core/sink/create-sink';
import type { Sink } from '../../core/sink/sink';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';

let batches = 0;
const COLUMNS = ['id', 'text'].map(
	(name, i) => ({ type: 'path', name, primaryKey: i === 0 }) as const,
);
/** Of the columns id, the key, and text. */
export const batchOf = (...rows: readonly (readonly [string, string])[]) =>
	fakeBatch({
		payloads: rows.map((row) => Buffer.from(JSON.stringify(row))),
		output: 'cells',
		columns: COLUMNS,
		idempotencyKey: `store/r/e/${++batches}-x`,
	});

/** Of the column id alone, without a key: what is loaded twice is there twice. */
export const keylessBatch = (...ids: readonly string[]): Batch =>
	fakeBatch({
		payloads: ids.map((id) => Buffer.from(JSON.stringify([id]))),
		output: 'cells',
		columns: [{ type: 'path', name: 'id' }],
		idempotencyKey: `store/r/e/${++batches}-x`,
	});

/** What is to be tried again for as long as it takes; `paused`: once somebody has changed something. */
export function assertKept(
	outcome: Outcome,
	paused: boolean,
	code: string | RegExp,
	message: RegExp = /./,
): void {
	assert(outcome.kind === 'retry', outcome.kind);
	assert.equal(outcome.pause === true, paused, outcome.error.message);
	assert.match(outcome.error.code, new RegExp(code));
	assert.match(outcome.error.message, message);
	assert.equal(outcome.error.message.includes('pg-secret-of-tests'), false);
}

/** Sinks of a table, which are closed after each test. */
export function useTables() {
	let sinks: Sink[] = [];
	afterEach(async () => {
		for (const sink of sinks) await sink.close?.();
		sinks = [];
	});
	return {
		open(database: TableDatabaseConfig, table = 'events', timeoutMs = 2_000): Sink {
			const config = { kind: 'table', database: 'db', table, timeoutMs, adopt: true } as const;
			const sink = createSink(config, { databases: () => database });
			sinks.push(sink);
			return sink;
		},
		deliver: (sink: Sink, batch: Batch = batchOf(['1', 'a'])) => sink.deliver(batch, fakeAttempt()),
	};
}
