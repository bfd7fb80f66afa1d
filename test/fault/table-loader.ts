import { createSink } from '../../core/sink/create-sink';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';

/** What `table-kill-9.test.ts` starts: loads one batch after the other, and says which of them were acked, until it is killed. */
export interface LoaderOptions {
	readonly database: TableDatabaseConfig;
	readonly table: string;
	/** The first batch, which may have been loaded before. */
	readonly from: number;
	/** Ends behind this one; absent: never. */
	readonly to?: number;
}

export const ROWS = 60;

async function main({ database, table, from, to = Infinity }: LoaderOptions): Promise<void> {
	const sink = createSink(
		{ kind: 'table', database: 'db', table, columns: [{ name: 'id', type: 'number' }] },
		{ databases: () => database },
	);
	for (let batch = from; batch <= to; batch++) {
		const { kind } = await sink.deliver(batchOf(batch), fakeAttempt());
		// The former process of a round may still hold its lock.
		if (kind === 'retry') batch -= 1;
		else process.stdout.write(`${kind} ${batch}\n`);
	}
	await sink.close?.();
}

/** Without a key: what is loaded twice is there twice. */
function batchOf(number: number) {
	return fakeBatch({
		payloads: Array.from({ length: ROWS }, (_, i) => Buffer.from(`["${number * ROWS + i}"]`)),
		output: 'cells',
		columns: [{ type: 'path', name: 'id' }],
		idempotencyKey: `store/r/e/${number}-fixed`,
	});
}

const [options] = process.argv.slice(2);
if (options !== undefined && process.argv[1]?.includes('table-loader'))
	void main(JSON.parse(options) as LoaderOptions);
