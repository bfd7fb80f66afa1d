import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import {
	answerDryRun,
	answerLastSample,
	offerSample,
	serveSamples,
	type MappedNode,
} from '../../../node-red/runtime/sample-route';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

type Handler = (request: unknown, response: unknown, next: (error?: unknown) => void) => void;

/** A Node-RED that has some nodes, and keeps the routes it is given. */
function fakeNodeRed(nodes: Record<string, object> = {}) {
	const routes = new Map<string, Handler>();
	const permissions: string[] = [];
	const add = (method: string) => (path: string, _guard: unknown, handler: Handler) =>
		void routes.set(`${method} ${path}`, handler);
	const RED = {
		nodes: { getNode: (id: string) => nodes[id] ?? null },
		httpAdmin: { get: add('GET'), post: add('POST') },
		auth: { needsPermission: (permission: string) => permissions.push(permission) },
	} as unknown as NodeAPI;
	const ask = (route: string, request: object) =>
		new Promise<unknown>((resolve, reject) => {
			routes.get(route)?.({ params: {}, ...request }, { json: resolve }, reject);
		});
	return { RED, routes, permissions, ask };
}

const columns = [{ type: 'path', name: 'a', path: 'a' }];

describe('the routes of samples', () => {
	let world: PipelineWorld;
	let node: MappedNode;
	beforeEach(async () => {
		world = await pipelineWorld();
		const attached = world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput({ columns: [{ type: 'path', name: 'a', path: 'a' }] }) }],
			HOLDER,
		);
		await attached.ready;
		node = { mapped: { pipeline: world.pipeline, receiverId: 'r1' } } as MappedNode;
	});
	afterEach(() => world.close());

	it('are added once, behind the permission to change flows', () => {
		const { RED, routes, permissions } = fakeNodeRed();
		serveSamples(RED);
		serveSamples({ ...RED });
		assert.deepEqual(
			[...routes.keys()],
			['POST /sluice/sample', 'GET /sluice/sample/:id', 'POST /sluice/dry-run'],
		);
		assert.deepEqual(permissions, ['flows.write']);
	});

	it('answer what a sample becomes, and what is wrong with a request', async () => {
		const { RED, ask } = fakeNodeRed();
		serveSamples(RED);
		const body = {
			receiver: {},
			mapping: { data: 'columns', columns },
			sample: { body: '{"a":7}' },
		};
		const tried = (await ask('POST /sluice/sample', { body })) as { mapping: { cells: unknown } };
		assert.deepEqual(tried.mapping.cells, [{ name: 'a', value: '7' }]);
		const { error } = (await ask('POST /sluice/sample', { body: { mapping: {} } })) as {
			error: string;
		};
		assert.match(error, /^sample: expected/);
	});

	it('give the last event of a deployed node, or nothing', async () => {
		const { RED, ask } = fakeNodeRed({ r1: node });
		serveSamples(RED);
		assert.deepEqual(await ask('GET /sluice/sample/:id', { params: { id: 'r1' } }), {});
		await world.pipeline.accept('r1', aPush());
		const answer = (await answerLastSample(RED, 'r1')) as { sample: { body: string } };
		assert.equal(answer.sample.body, '{"a":1}');
		for (const id of ['none', '__proto__'])
			assert.match(((await answerLastSample(RED, id)) as { error: string }).error, /deploy it/);
	});

	it('find a node within a subflow by the id that its dialog knows, for as long as it runs', async () => {
		const { RED } = fakeNodeRed();
		const within = { id: 'copy', _alias: 'definition' } as unknown as MappedNode;
		const stop = offerSample(RED, within, node.mapped!);
		await world.pipeline.accept('r1', aPush());
		assert.ok('sample' in (await answerLastSample(RED, 'definition')));
		stop();
		assert.ok('error' in (await answerLastSample(RED, 'definition')));
	});

	it('try what is typed with what the deployed buffer keeps', async () => {
		const { RED, ask } = fakeNodeRed({ r1: node });
		serveSamples(RED);
		await world.pipeline.accept('r1', aPush());
		const changed = [{ type: 'path', name: 'b', path: 'a' }];
		const run = (buffer: string, mapping: unknown) =>
			ask('POST /sluice/dry-run', { body: { node: 'r1', buffer, mapping } }) as Promise<{
				error?: string;
				columns?: { name: string; is: string }[];
				leftOut?: number;
			}>;
		const ran = await run('main', { data: 'columns', columns: changed, filterTypes: '' });
		assert.deepEqual(
			ran.columns?.map(({ name, is }) => [name, is]),
			[
				['b', 'added'],
				['a', 'removed'],
			],
		);
		const filtered = { data: 'columns', columns, filterCondition: 'Body("a") > 1' };
		assert.equal((await run('main', filtered)).leftOut, 1);
		const whole = await run('main', { data: 'event' });
		assert.ok(whole.columns?.some(({ name, is }) => name === 'body' && is === 'added'));
		assert.match(
			(await run('main', { data: 'columns', columns: [] })).error ?? '',
			/^columns: expected 1/,
		);
		assert.match((await run('main', 7)).error ?? '', /^mapping: expected/);
		assert.match((await run('new', { data: 'event' })).error ?? '', /no buffer "r1\/new"/);
		for (const body of [undefined, { node: 'r1' }, { node: 7, buffer: 'main' }])
			assert.match(((await answerDryRun(RED, body)) as { error: string }).error, /^node: expected/);
	});

	it('pass on what nobody expects', async () => {
		const broken = new TypeError('gone');
		const pipeline = {
			lastEvent: () => {
				throw broken;
			},
		};
		const { RED, ask } = fakeNodeRed({ r1: { mapped: { pipeline, receiverId: 'r1' } } });
		serveSamples(RED);
		await assert.rejects(ask('GET /sluice/sample/:id', { params: { id: 'r1' } }), broken);
	});
});
