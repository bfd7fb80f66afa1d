/** Loads a batch of one row into a table, in a process of its own, and prints what became of it. */
import { createSink } from '../../core/sink/create-sink';
import type { TableDatabaseConfig } from '../../core/sink/table/open-database';
import { fakeAttempt } from './fake-attempt';
import { fakeBatch } from './fake-batch';

async function main(o: { database: TableDatabaseConfig; table: string }): Promise<void> {
	const config = { kind: 'table', database: 'db', table: o.table } as const;
	const sink = createSink(config, { databases: () => o.database });
	const columns = [
		{ type: 'path', name: 'id', primaryKey: true },
		{ type: 'path', name: 'text' },
	] as const;
	const payloads = [Buffer.from('["from-child", "x"]')];
	const outcome = await sink.deliver(
		fakeBatch({ payloads, output: 'cells', columns }),
		fakeAttempt(),
	);
	const error = 'error' in outcome ? `${outcome.error.code} ${outcome.error.message}` : '';
	process.stdout.write(`${outcome.kind} ${error}\n`);
	await sink.close?.();
}

const [options] = process.argv.slice(2);
if (options !== undefined) void main(JSON.parse(options) as Parameters<typeof main>[0]);
