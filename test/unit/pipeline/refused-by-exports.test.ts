import assert from 'node:assert/strict';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import type { Logger } from '../../../core/runtime/logger';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const NEEDS_B = { columns: [{ type: 'path', name: 'b', path: 'b' }] } as const;
const NEEDS_NUMBER = {
	columns: [
		{ type: 'template', name: 't', template: { language: 'jsonnet', content: 'Body("a") + 1' } },
		{ type: 'template', name: 'u', template: { language: 'jsonnet', content: 'error "no"' } },
	],
} as const;
const TAKES_ALL = { columns: [{ type: 'body', name: 'body' }] } as const;

describe('a push that not all exports can take (K69, K70)', () => {
	let world: PipelineWorld;
	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (exports: Readonly<Record<string, Partial<ExportInput>>>, logger?: Logger) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			Object.entries(exports).map(([id, config]) => ({
				config: anExportInput({ id, label: `the ${id}`, ...config }),
				ports: { sink: new RecordingSink() },
			})),
			{ ...HOLDER, logger },
		).ready;
	const push = async (body = '{"a":1}', type = 'application/json') => {
		const answer = await world.pipeline.accept(
			'r1',
			aPush({ body: Buffer.from(body), headers: { 'content-type': type } }),
		);
		const { error, message } = JSON.parse(answer.body ?? '') as { error: string; message: string };
		return { status: answer.status, error, message };
	};
	const stored = async () =>
		(await world.store.counters()).reduce((sum, { rows, deadRows }) => sum + rows + deadRows, 0);

	it('is refused with the name of the export and what it says, and leaves nothing behind', async () => {
		await attach({
			takes: TAKES_ALL,
			needs: NEEDS_B,
			last: { ...TAKES_ALL, filter: { types: ['x'] } },
		});
		assert.deepEqual(await push(), {
			status: 400,
			error: 'ERR_COLUMN_VALUE',
			message: 'export "needs": path "b" not found in the body',
		});
		assert.equal(await stored(), 0);
		assert.equal(await world.store.nextRowId('r1/takes'), 1, 'no id is consumed');
	});

	it('does not name the export where there is only one', async () => {
		await attach({ needs: NEEDS_B });
		assert.equal((await push()).message, 'path "b" not found in the body');
	});

	it('is told of all exports that fail, in a line each, by a code of its own', async () => {
		const lines: Record<string, unknown>[] = [];
		const log = (_message: string, fields: Record<string, unknown> = {}) => void lines.push(fields);
		const logger = { debug: log, info: log, warn: log, error: log };
		await attach({ b: NEEDS_B, takes: TAKES_ALL, n: NEEDS_NUMBER }, logger);
		const { status, error, message } = await push('{"a":{}}');
		assert.equal(status, 400);
		assert.equal(error, 'ERR_EXPORTS_REFUSED');
		const [head, ...rest] = message.split('\n');
		assert.equal(head, '2 exports cannot take the event:');
		assert.equal(rest[0], '- export "b": path "b" not found in the body');
		assert.match(rest[1] ?? '', /^- export "n": ./);
		assert.equal(rest.length, 2);
		const refused = lines.find(({ code }) => code === 'ERR_EXPORTS_REFUSED');
		assert.equal(refused?.['place'], 'buffers "b", "n"');
	});

	it('is among the last requests with the names of the exports, and nothing of the body', async () => {
		const says = {
			columns: [
				{
					type: 'template',
					name: 't',
					template: { language: 'jsonnet', content: 'error "it says " + Body("a")' },
				},
			],
		} as const;
		await attach({ says, takes: TAKES_ALL });
		assert.match((await push('{"a":"hidden"}')).message, /it says hidden/);
		const [seen] = world.pipeline.recentRequests('r1') ?? [];
		assert.deepEqual(
			[seen?.code, seen?.reason],
			['ERR_TEMPLATE_RUNTIME', 'buffer the says, column t'],
		);
		assert.doesNotMatch(JSON.stringify(seen), /hidden/);
	});

	it('is told of the body alone where that is what several cannot read, with its status', async () => {
		await attach({ one: NEEDS_B, two: NEEDS_B, takes: TAKES_ALL });
		const { status, error, message } = await push('{"a":', 'application/json');
		assert.deepEqual([status, error], [400, 'ERR_BODY_UNREADABLE']);
		assert.doesNotMatch(message, /export/);
	});

	it('is told of all where one cannot read the body and another fails by itself', async () => {
		const alone = {
			columns: [
				{ type: 'template', name: 't', template: { language: 'jsonnet', content: 'error "no"' } },
			],
		} as const;
		await attach({ body: NEEDS_B, alone });
		const { status, error, message } = await push('{"a":');
		assert.deepEqual([status, error], [400, 'ERR_EXPORTS_REFUSED']);
		assert.match(message, /^- export "body": .*\n- export "alone": no$/m);
	});

	it('names an export of the project by all of its id, since one of the receiver may be called the same', async () => {
		const config = anExportInput({ receiverId: 'project:default', ...NEEDS_B });
		await world.pipeline.attachExport({ config, ports: { sink: new RecordingSink() } }, HOLDER)
			.ready;
		await attach({ main: TAKES_ALL });
		assert.match((await push()).message, /^export "project:default\/main": path "b"/);
	});

	it('is stored where the export that cannot take it keeps it as a dead letter, in any order', async () => {
		await attach({ aside: { ...NEEDS_B, onMappingError: 'dead' }, takes: TAKES_ALL });
		assert.equal((await push()).status, 200);
		assert.equal(await stored(), 2);
	});

	it('stores nothing of it where one puts it aside and another refuses it', async () => {
		await attach({ aside: { ...NEEDS_B, onMappingError: 'dead' }, needs: NEEDS_B });
		assert.equal((await push()).message, 'export "needs": path "b" not found in the body');
		assert.equal(await stored(), 0);
	});

	it('gives what each says up to a length, so that all of 20 are named', async () => {
		const names = Array.from({ length: 20 }, (_, index) => `export-${index}`);
		const long = 'x'.repeat(4_000);
		await attach(
			Object.fromEntries(
				names.map((name) => [name, { columns: [{ type: 'path', name: 'b', path: long }] }]),
			),
		);
		const { message } = await push();
		for (const name of names) assert.ok(message.includes(`export "${name}": path "xx`), name);
	});
});
