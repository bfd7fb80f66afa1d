import assert from 'node:assert/strict';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { runVerb } from '../../../core/operate/verbs';
import { runDry, type DryRan, type DryRunOptions } from '../../../core/operate/verbs/dry-run';
import type { Column } from '../../../core/mapping/column';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import { PipelineCore } from '../../../core/pipeline/pipeline';
import { silentLogger } from '../../../core/runtime/logger';
import { FakeClock } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN } from '../../support/pipeline-fixtures';

const ID = 'r1/main';
const at = (name: string, path = name, rest: Partial<Column> = {}): Column => ({
	type: 'path',
	name,
	path,
	...rest,
});
const jsonnet = (name: string, content: string): Column => ({
	type: 'template',
	name,
	template: { language: 'jsonnet', content },
});

describe('a dry run of a changed mapping', () => {
	let clock: FakeClock;
	let store: Store;
	let core: PipelineCore;

	beforeEach(async () => {
		clock = new FakeClock();
		store = await openStore({ kind: 'memory', clock });
		core = new PipelineCore({ store: () => store, clock, logger: silentLogger });
	});
	afterEach(async () => {
		await core.close();
		await store.close();
	});

	const attach = (config: Partial<ExportInput> = {}, receiver: object = {}) =>
		core.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[
				{
					config: anExportInput({ conditions: { count: 99, time: '1h', size: '1MB' }, ...config }),
				},
			],
			HOLDER,
		).ready;
	const push = async (...bodies: unknown[]) => {
		for (const body of bodies) {
			const pushed = aPush({ body: Buffer.from(JSON.stringify(body)) });
			assert.equal((await core.accept('r1', pushed)).status, 200);
		}
	};
	const run = (o: DryRunOptions = {}) => runDry({ store }, ID, { clock, ...o });
	const records = (ran: DryRan, which: 'before' | 'after') =>
		ran.results.map(({ [which]: made }) => (made.became === 'row' ? made.record : made.became));
	const differences = (ran: DryRan) =>
		ran.columns.map(({ name, is, events }) => [name, is, events]);

	it('shows column by column what would differ of a given event, and stores nothing', async () => {
		await attach({ columns: [at('a'), at('b'), at('gone', 'a'), { type: 'uuid', name: 'u' }] });
		const before = await store.counters();
		const ran = await run({
			event: { a: 1, b: { x: 1 } },
			columns: [
				at('b', 'b.x'),
				at('a'),
				jsonnet('sum', 'Body("a") + 1'),
				{ type: 'uuid', name: 'u' },
			],
		});
		const { events, rows, leftOut, failed, changed } = ran;
		assert.deepEqual([events, rows, leftOut, failed, changed], [1, 1, 0, 0, 1]);
		assert.equal(ran.says, 'rows: 1 of 1; other than now: 1');
		assert.deepEqual(differences(ran), [
			['b', 'changed', 1],
			['a', 'same', 0],
			['sum', 'added', 1],
			['u', 'same', 0],
			['gone', 'removed', 1],
		]);
		const [result] = ran.results;
		assert.equal(result?.from, 'given');
		assert.deepEqual(result?.changes, [
			{ column: 'b', before: { x: 1 }, after: 1 },
			{ column: 'sum', after: 2 },
			{ column: 'gone', before: 1 },
		]);
		assert.deepEqual(await store.counters(), before);
	});

	it('tries what waits of a buffer that keeps whole events, by the real filter and renderer', async () => {
		await attach();
		await push({ n: 1 }, { n: 2 }, { m: 3 });
		const ran = await run({
			columns: [at('n')],
			filter: { condition: { language: 'jsonnet', content: 'Body("n", 0) != 2' } },
		});
		assert.deepEqual([ran.events, ran.rows, ran.leftOut, ran.failed], [3, 1, 1, 1]);
		assert.match(
			ran.says,
			/^rows: 1 of 3; left out by the filter: 1; failed: 1 \(path "n" .*\(column "n"\)\); other/,
		);
		assert.deepEqual(records(ran, 'after'), [{ n: 1 }, 'leftOut', 'failed']);
		assert.deepEqual(
			ran.results.map(({ from }) => from),
			['waiting', 'waiting', 'waiting'],
		);
		const last = ran.results.at(-1)?.after;
		assert.deepEqual(last, {
			became: 'failed',
			code: 'ERR_COLUMN_VALUE',
			message: 'path "n" not found in the body (column "n")',
			column: 'n',
		});
		assert.equal((await store.counters())[0]?.rows, 3, 'they still wait');
		assert.deepEqual(records(await run({ limit: 2 }), 'after').length, 2);
	});

	it('tries what came under a former filter, and passes over what was mapped before', async () => {
		await attach({ columns: [at('n')] });
		await push({ n: 1 });
		await attach();
		await push({ n: 2 });
		await attach({ filter: { types: [] } });
		assert.deepEqual(records(await run({ columns: [at('n')], filter: null }), 'after'), [{ n: 2 }]);
	});

	it('tries the events that could not be mapped: whether the changed mapping takes them', async () => {
		await attach({ columns: [at('a')], onMappingError: 'dead' });
		await push({ b: 1 }, { a: 2 });
		const ran = await run({ columns: [at('a', 'a', { defaultValue: 'none' })] });
		const [{ before } = assert.fail()] = ran.results;
		assert.deepEqual(
			[before.became, 'code' in before && before.code],
			['failed', 'ERR_COLUMN_VALUE'],
		);
		assert.deepEqual(records(ran, 'after'), [{ a: 'none' }]);
		assert.deepEqual([ran.results[0]?.from, ran.changed], ['dead', 1]);
		assert.deepEqual(differences(ran), [['a', 'same', 0]]);
	});

	it('tries the latest events of the receiver, each event once', async () => {
		const receiver = { latest: { devicePath: 'd', typePath: 't', labelsPath: 'l', timePath: 'x' } };
		await attach({}, receiver);
		await push({ d: 'one', t: 'temp' }, { d: 'two', t: 'temp' });
		assert.deepEqual(
			(await run()).results.map(({ from }) => from),
			['waiting', 'waiting'],
		);
		const batch = await store.claim(ID, { owner: 'test', leaseMs: 1_000, flush: true });
		if (batch) await store.settle(batch.lease, { kind: 'ack' });
		assert.deepEqual(
			(await run()).results.map(({ from }) => from),
			['latest', 'latest'],
		);
	});

	it('says what to give where nothing is kept as it came', async () => {
		await attach({ columns: [at('a')] });
		await push({ a: 1 });
		await assert.rejects(run({ columns: [at('b')] }), {
			code: 'ERR_CONFIG_INVALID',
			message:
				/^event: expected an event, or a sample: the store has none of this buffer as it came/,
		});
	});

	it('compares with the whole event where columns are taken away, and back', async () => {
		await attach({ columns: [at('a')] });
		const ran = await run({ event: { a: 1 }, columns: null });
		assert.deepEqual(ran.columns.find(({ name }) => name === 'a')?.is, 'removed');
		assert.equal(ran.columns.find(({ name }) => name === 'body')?.is, 'added');
		await attach();
		const back = await run({ event: { a: 1 }, columns: [at('a')] });
		assert.deepEqual(records(back, 'after'), [{ a: 1 }]);
	});

	it('shows cells as the table would get them, with their limit', async () => {
		await attach({ columns: [at('a'), { type: 'body', name: 'all' }] });
		const ran = await run({ event: { a: 'x' }, output: 'cells' });
		assert.deepEqual(records(ran, 'after'), [{ a: '"x"', all: '{"a":"x"}' }]);
		const long = await run({ event: { a: 'x'.repeat(600_000) }, output: 'cells' });
		assert.deepEqual(records(long, 'after'), ['failed']);
	});

	it('refuses a mapping that cannot work, and names where', async () => {
		await attach({ columns: [at('a')], liveFirst: true });
		const cases: [DryRunOptions, object][] = [
			[{ columns: [] }, { message: /^columns: expected 1 to 100 columns/ }],
			[{ columns: 'a' }, { message: /^columns: expected/ }],
			[{ columns: [at('a'), at('a')] }, { message: /^columns\[1\]\.name/ }],
			[{ columns: [jsonnet('t', 'Body(')] }, { code: 'ERR_TEMPLATE_SYNTAX' }],
			[{ columns: [{ type: 'id', name: 'i' }] }, { code: 'ERR_CONFIG_INVALID' }],
			[{ filter: { types: [7] } }, { message: /^filter\.types/ }],
			[{ output: 'table' }, { message: /^output: expected one of record, cells, event/ }],
			[{ sample: 'temperature' }, { message: /^event: expected either/ }],
		];
		for (const [o, error] of cases) await assert.rejects(run({ event: {}, ...o }), error);
	});

	it('says what the destination of the buffer cannot take', async () => {
		const config = anExportInput({ receiverId: 'items:n1', columns: [at('a')], output: 'record' });
		const sink = { kind: 'http', url: 'https://example.com', format: 'csv' } as const;
		await core.attachExport({ config, sink }, HOLDER).ready;
		const dry = (o: DryRunOptions) => runDry({ store }, 'items:n1/main', { event: { a: 1 }, ...o });
		assert.equal((await dry({ columns: [at('b', 'a')] })).rows, 1);
		await assert.rejects(dry({ columns: null }), {
			code: 'ERR_CONFIG_INVALID',
			message: /^sink\.format: /,
		});
	});

	it('is a verb, and works on a store that nobody has', async () => {
		await attach();
		await push({ n: 1 });
		const ran = (await runVerb({ store }, 'dryRun', {
			exportId: ID,
			columns: [at('n')],
		})) as DryRan;
		assert.deepEqual([ran.exportId, ran.rows], [ID, 1]);
	});

	it('gives up soon where a template takes too much again and again', async () => {
		await attach();
		await push(...Array.from({ length: 20 }, (_, n) => ({ n })));
		const endless = 'local f(x) = f(x + 1); f(0)';
		const ran = await run({ columns: [jsonnet('t', endless)] });
		assert.deepEqual([ran.events, ran.failed], [5, 5]);
	});

	it('ends with a megabyte of rows', async () => {
		await attach();
		await push({ n: 'x'.repeat(400_000) }, { n: 'x'.repeat(400_000) }, { n: 1 });
		assert.equal((await run()).events, 1);
	});
});
