import type { TableConfig } from '../../core/sink/table/table-config';
import type { createSink as CreateSink } from '../../core/sink/create-sink';
import type { SinkFixture } from '../conformance/sink-suite';
import type { TableFixture } from '../conformance/table-suite';

const COLUMNS = [
	{ name: 'id', type: 'number' },
	{ name: 'n', type: 'number' },
	{ name: 'text', type: 'text' },
] as const;

/** A table at the other end of the suite for sinks, whose rows are records without columns, or have an id alone. */
export async function recordTable(
	fixture: TableFixture,
	createSink: typeof CreateSink,
): Promise<SinkFixture> {
	const table = fixture.quoted('events');
	let rows: readonly Record<string, unknown>[] = [];
	let release: (() => Promise<void>) | undefined;
	let isBroken: Promise<unknown> | undefined;
	const sinkOf = (columns: TableConfig['columns']) =>
		createSink(
			{
				kind: 'table',
				database: 'db',
				table: `${fixture.schema}events`,
				columns,
				adopt: true,
				timeoutMs: 500,
			},
			{ databases: () => fixture.database },
		);
	const [typed, mapped] = [sinkOf(COLUMNS), sinkOf(undefined)];
	return {
		sink: {
			async close() {
				await typed.close?.();
				await mapped.close?.();
			},
			async deliver(batch, attempt) {
				await isBroken;
				const known = batch.columns?.map(({ name }) => name);
				const outcome = await (batch.columns ? mapped : typed).deliver(batch, attempt);
				if (release) return outcome;
				const found = await fixture.query(`SELECT * FROM ${table}`).catch(() => []);
				rows = found.map((row) => recordOf(row, known));
				return outcome;
			},
		},
		taken: () => rows,
		behave(how) {
			isBroken = how === 'refuse' ? makeRefusing() : hold();
		},
		async close() {
			await release?.();
			await fixture.close();
		},
	};

	async function hold(): Promise<void> {
		await makeTable();
		release = await fixture.lock('events');
	}

	async function makeRefusing(): Promise<void> {
		await makeTable(', CHECK (n IS NULL AND n IS NOT NULL)');
	}

	async function makeTable(more = ''): Promise<void> {
		await fixture.query(`CREATE TABLE ${table} (id numeric, n numeric, text text${more})`);
	}
}

function recordOf(
	row: Record<string, unknown>,
	known: readonly string[] | undefined,
): Record<string, unknown> {
	const entries = Object.entries(row).filter(([name, value]) =>
		known ? known.includes(name) : name === 'n' || value !== null,
	);
	return Object.fromEntries(entries.map(([name, value]) => [name, numberOf(name, value)]));
}

function numberOf(name: string, value: unknown): unknown {
	return name === 'text' || value === null ? value : Number(value);
}
