import assert from 'node:assert/strict';
import { projectOwner } from '../../../core/config';
import { BufferError, ConfigError } from '../../../core/errors';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import {
	anExportInput,
	aPush,
	OPEN,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const PARIS = projectOwner('paris');
const NODE = { key: 'node-p', label: 'project node' };

describe('projects: exports that all receivers of a project feed', () => {
	let world: PipelineWorld;
	beforeEach(async () => void (world = await pipelineWorld()));
	afterEach(() => world.close());

	const attachReceiver = (receiver: Partial<ReceiverInput> & { id: string }, own = true) =>
		world.pipeline.attachReceiver(
			{ auth: OPEN, ...receiver },
			own ? [{ config: anExportInput({ receiverId: receiver.id }) }] : [],
			{ key: receiver.id, label: receiver.id },
		);
	const attachOfProject = (overrides: Parameters<typeof anExportInput>[0] = {}) =>
		world.pipeline.attachExport(
			{ config: anExportInput({ receiverId: PARIS, id: 'all', ...overrides }) },
			NODE,
		);
	const push = async (receiverId: string, body = '{"a":1}') => {
		const answer = await world.pipeline.accept(receiverId, aPush({ body: Buffer.from(body) }));
		return answer.status;
	};
	const rowsOf = async (exportId: string) =>
		(await world.store.counters()).find((one) => one.exportId === exportId)?.rows;

	for (const first of ['receivers', 'export'] as const) {
		it(`takes the events of each receiver of the project where the ${first} came first`, async () => {
			if (first === 'export') await attachOfProject().ready;
			await attachReceiver({ id: 'r1', project: 'paris' }).ready;
			await attachReceiver({ id: 'r2', project: 'paris' }).ready;
			await attachReceiver({ id: 'r3', project: 'rome' }).ready;
			await attachReceiver({ id: 'r4' }).ready;
			if (first === 'receivers') await attachOfProject().ready;
			for (const id of ['r1', 'r2', 'r3', 'r4']) assert.equal(await push(id), 200);
			assert.equal(await rowsOf('project:paris/all'), 2);
			assert.equal(await rowsOf('r1/main'), 1);
			assert.equal(await rowsOf('r3/main'), 1);
		});
	}

	it('has receivers without buffers of their own, which take nothing while the project is empty', async () => {
		await attachReceiver({ id: 'r1', project: 'paris' }, false).ready;
		assert.equal(await push('r1'), 503);
		const attachment = attachOfProject();
		// Not yet known to the store: the push waits instead of missing it.
		assert.equal(await push('r1'), 200);
		await attachment.detach({ gone: true });
		assert.equal(await push('r1'), 503);
		assert.equal(await rowsOf('project:paris/all'), 1);
	});

	it('offers what came before its receiver was ready to an export that came meanwhile', async () => {
		void attachReceiver({ id: 'r1', project: 'paris' });
		const pushed = push('r1');
		void attachOfProject();
		assert.equal(await pushed, 200);
		assert.equal(await rowsOf('project:paris/all'), 1);
	});

	it('puts receivers that name none into the default project', async () => {
		await attachReceiver({ id: 'r1' }).ready;
		await attachOfProject({ receiverId: projectOwner('default') }).ready;
		assert.equal(await push('r1'), 200);
		assert.equal(await rowsOf('project:default/all'), 1);
	});

	it('delivers them by the sink of the export', async () => {
		const sink = new RecordingSink();
		await world.pipeline.attachExport(
			{
				config: anExportInput({
					receiverId: PARIS,
					id: 'all',
					columns: [{ type: 'path', name: 'a', path: 'a' }],
				}),
				ports: { sink },
			},
			NODE,
		).ready;
		await attachReceiver({ id: 'r1', project: 'paris' }).ready;
		await attachReceiver({ id: 'r2', project: 'paris' }).ready;
		await push('r1', '{"a":1}');
		await push('r2', '{"a":2}');
		await world.clock.advance(0);
		assert.deepEqual(sink.batches[0]?.records, [{ a: 1 }, { a: 2 }]);
	});

	it('keeps for the export what comes while its node is redeployed', async () => {
		await attachReceiver({ id: 'r1', project: 'paris' }).ready;
		const former = attachOfProject();
		await former.ready;
		await former.detach();
		assert.equal(await push('r1'), 200);
		assert.equal(await rowsOf('project:paris/all'), 1);
		await attachOfProject().ready;
		// The former one is long gone, and takes nothing with it.
		await former.detach({ gone: true });
		assert.equal(await push('r1'), 200);
		assert.equal(await rowsOf('project:paris/all'), 2);
	});

	it('stores nothing anywhere where one of the mappings refuses the event', async () => {
		await attachReceiver({ id: 'r1', project: 'paris' }).ready;
		await attachOfProject({ columns: [{ type: 'path', name: 'b', path: 'b' }] }).ready;
		assert.equal(await push('r1'), 400);
		assert.equal(await rowsOf('r1/main'), 0);
		assert.equal(await rowsOf('project:paris/all'), 0);
	});

	it('drops a repeated event for the project as for the receiver, and only there', async () => {
		const dedupe = [{ keyPath: 'a', windowMs: 60_000 }];
		await attachReceiver({ id: 'r1', project: 'paris', dedupe }).ready;
		await attachReceiver({ id: 'r2', project: 'paris', dedupe }).ready;
		await attachOfProject().ready;
		for (const id of ['r1', 'r1', 'r2']) assert.equal(await push(id), 200);
		assert.equal(await rowsOf('project:paris/all'), 2);
	});

	it('lets a store that fails be asked again, and an export that cannot work be left out', async () => {
		await attachReceiver({ id: 'r1', project: 'paris' }).ready;
		const { putExport } = world.store;
		let failure: Error = new BufferError('ERR_STORE_UNAVAILABLE', 'away');
		world.store.putExport = async () => {
			throw failure;
		};
		await assert.rejects(attachOfProject().ready, { code: 'ERR_STORE_UNAVAILABLE' });
		assert.equal(await push('r1'), 503);
		failure = new ConfigError('label', 'another one');
		await assert.rejects(attachOfProject().ready, { code: 'ERR_CONFIG_INVALID' });
		assert.equal(await push('r1'), 200);
		world.store.putExport = putExport;
		await attachOfProject().ready;
		assert.equal(await push('r1'), 200);
		assert.equal(await rowsOf('project:paris/all'), 1);
	});

	const bad: readonly [string, () => unknown, string][] = [
		['a receiver named like a project', () => attachReceiver({ id: PARIS }), 'id'],
		['a project with a slash', () => attachReceiver({ id: 'r1', project: 'a/b' }), 'project'],
		['an empty project', () => attachReceiver({ id: 'r1', project: '' }), 'project'],
		['a long project', () => attachReceiver({ id: 'r1', project: 'p'.repeat(101) }), 'project'],
		['a project with a newline', () => attachReceiver({ id: 'r1', project: 'a\nb' }), 'project'],
		['an export of no project', () => attachOfProject({ receiverId: 'project:' }), 'receiverId'],
	];
	for (const [name, attach, path] of bad) {
		it(`refuses ${name}`, () => {
			assert.throws(attach, (error: unknown) => {
				assert.ok(error instanceof ConfigError);
				assert.equal(error.details['path'], path);
				return true;
			});
		});
	}
});
