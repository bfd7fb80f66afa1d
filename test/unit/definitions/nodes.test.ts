import assert from 'node:assert/strict';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import type { ExportWithSink } from '../../../core/pipeline/attached-sink';
import { listDefinitions } from '../../../core/definitions/list-definitions';
import { readDefinition } from '../../../core/definitions/read-definition';
import { readLastAttached } from '../../../core/definitions/last-attached';
import { DefinitionWorld } from '../../support/definition-world';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush, HOLDER, OPEN } from '../../support/pipeline-fixtures';

const DAY = 24 * 3_600_000;
const FLOW = { kind: 'flow', ackTimeoutMs: 60_000 } as const;
const PORTS = { flow: { emit() {}, doneWhen: () => 'sent' as const } };

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`definitions of nodes in ${kind}`, () => {
		let world: DefinitionWorld;
		beforeEach(async () => void (world = await DefinitionWorld.open(kind)));
		afterEach(() => world.close());

		const deploy = async (
			receiver: Partial<ReceiverInput> = {},
			exports: readonly Partial<ExportWithSink>[] = [{}],
			holder = HOLDER,
		) => {
			const attachment = world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN, ...receiver },
				exports.map((one) => ({ config: anExportInput(), sink: FLOW, ports: PORTS, ...one })),
				holder,
			);
			await attachment.ready;
			return attachment;
		};

		it('are put before the store is told of the exports, and say who has them and where batches go', async () => {
			await deploy({ project: 'paris' });
			assert.deepEqual(world.written, [
				'definitions.receivers/r1',
				'definitions.exports/r1/main',
				'export r1/main',
				'definitions.attached/receiver r1',
				'definitions.attached/export r1/main',
			]);
			const receiver = await readDefinition(world.store.documents, 'receiver', 'r1');
			assert.equal(receiver?.definition.config.project, 'paris');
			assert.equal(receiver.definition.config.origin, 'host');
			assert.deepEqual(receiver.definition.holder, HOLDER);
			const export_ = await readDefinition(world.store.documents, 'export', 'r1/main');
			assert.deepEqual(export_?.definition.sink, FLOW);
			assert.equal(export_.definition.format, 1);
		});

		it('are not written by a redeploy or a restart that changes nothing, nor is the store told again', async () => {
			await (await deploy()).detach();
			world.written.length = 0;
			await (await deploy()).detach({ gone: true });
			await world.restart();
			await deploy();
			assert.deepEqual(world.written, []);
			assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
		});

		it('are written where they changed, and there alone', async () => {
			await (await deploy()).detach();
			world.written.length = 0;
			await (await deploy({ maxBodyBytes: 1_000 })).detach();
			assert.deepEqual(world.written, ['definitions.receivers/r1']);
			world.written.length = 0;
			await (
				await deploy({ maxBodyBytes: 1_000 }, [{ sink: { ...FLOW, ackTimeoutMs: 5_000 } }])
			).detach();
			// Where batches go is nothing to the store.
			assert.deepEqual(world.written, ['definitions.exports/r1/main']);
			world.written.length = 0;
			await deploy({ maxBodyBytes: 1_000 }, [
				{ sink: { ...FLOW, ackTimeoutMs: 5_000 }, config: anExportInput({ label: 'new' }) },
			]);
			assert.deepEqual(world.written, ['definitions.exports/r1/main', 'export r1/main']);
		});

		it('keep their sink where a process attaches them without one', async () => {
			await (await deploy()).detach();
			world.written.length = 0;
			await deploy({}, [{ sink: undefined }]);
			assert.deepEqual(world.written, []);
		});

		it('hold no secret, whatever authenticates', async () => {
			const secret = 's3cret-s3cret-s3cret-s3cret-s3cret';
			await deploy(
				{
					auth: [
						{ kind: 'url-secret', secrets: [secret] },
						{ kind: 'body-jwt', secrets: [secret], header: 'X-Signed', leewaySeconds: 7 },
					],
				},
				[
					{
						sink: {
							kind: 'http',
							url: `https://example.com/hook/${secret}?token=${secret}`,
							origin: 'literal',
							// The second one as of an environment variable that the host has filled in.
							headers: { Authorization: { secretRef: 'token' }, 'X-Key': secret },
						},
						ports: { resolveSecret: () => secret },
					},
				],
			);
			const { good } = await listDefinitions(world.store.documents, 'receiver');
			assert.deepEqual(good[0]?.definition.config.auth, [
				{ kind: 'url-secret' },
				{ kind: 'body-jwt', header: 'X-Signed', leewaySeconds: 7 },
			]);
			const exports = await listDefinitions(world.store.documents, 'export');
			const all = JSON.stringify([good, exports.good]);
			assert.equal(all.includes(secret), false);
			assert.equal(all.includes('"secretRef":"token"'), true);
			assert.equal(all.includes('"shown":"https://example.com/hook/***?token=***"'), true);
		});

		it('say when a node was attached last: at most once a day, and when another node has them', async () => {
			const at = async () => {
				const last = await readLastAttached(world.store.documents, 'export');
				return last.get('r1/main');
			};
			await (await deploy()).detach();
			const first = world.clock.now();
			assert.deepEqual(await at(), { at: first, holder: HOLDER.key });
			await world.clock.advance(DAY / 2);
			await (await deploy()).detach();
			assert.equal((await at())?.at, first);
			await (await deploy({}, [{}], { key: 'other', label: 'other' })).detach();
			assert.deepEqual(await at(), { at: first + DAY / 2, holder: 'other' });
		});

		it('say so while the node is attached, too', async () => {
			await deploy();
			const first = world.clock.now();
			await world.clock.advance(DAY);
			await eventually('a mark a day later', async () => {
				const last = await readLastAttached(world.store.documents, 'receiver');
				return last.get('r1')?.at === first + DAY;
			});
		});

		it('stay with their rows when the node is gone', async () => {
			const attachment = await deploy();
			await world.pipeline.accept('r1', aPush());
			await attachment.detach({ gone: true });
			await world.restart();
			const { good } = await listDefinitions(world.store.documents, 'export');
			assert.deepEqual(
				good.map(({ definition }) => definition.id),
				['r1/main'],
			);
			assert.equal((await world.store.counters())[0]?.rows, 1);
		});

		it('are refused and left as they are where a newer release has written them', async () => {
			const newer = { format: 2, kind: 'receiver', id: 'r1', novelty: true };
			await world.store.documents.put('definitions.receivers', 'r1', newer);
			world.written.length = 0;
			await assert.rejects(deploy(), { code: 'ERR_STORE_VERSION' });
			assert.deepEqual(world.written, []);
			const kept = await world.store.documents.get('definitions.receivers', 'r1');
			assert.deepEqual(kept?.value, newer);
		});

		it('are made anew where they are none', async () => {
			await world.store.documents.put('definitions.receivers', 'r1', ['nonsense']);
			await deploy();
			const read = await readDefinition(world.store.documents, 'receiver', 'r1');
			assert.equal(read?.definition.id, 'r1');
		});

		it('are of two attachments at once those of the later one', async () => {
			const one = world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN, maxBodyBytes: 1 },
				[],
				HOLDER,
			);
			const two = world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN, maxBodyBytes: 2 },
				[],
				HOLDER,
			);
			await Promise.all([one.ready, two.ready]);
			const read = await readDefinition(world.store.documents, 'receiver', 'r1');
			assert.equal(read?.definition.config.maxBodyBytes, 2);
			await world.pipeline.attachExport(
				{ config: anExportInput({ receiverId: 'project:default' }) },
				HOLDER,
			).ready;
			assert.equal(
				(await world.pipeline.accept('r1', aPush({ body: Buffer.from('{}') }))).status,
				200,
			);
		});

		it('are those of the later attachment also where the store takes long for the first', async () => {
			const { documents } = world.store;
			const put = documents.put.bind(documents);
			let isFirst = true;
			documents.put = async (...args) => {
				if (isFirst) {
					isFirst = false;
					for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
				}
				return put(...args);
			};
			const attach = (maxBodyBytes: number) =>
				world.pipeline.attachReceiver({ id: 'r1', auth: OPEN, maxBodyBytes }, [], HOLDER).ready;
			await Promise.all([attach(1), attach(2)]);
			const read = await readDefinition(documents, 'receiver', 'r1');
			assert.equal(read?.definition.config.maxBodyBytes, 2);
		});

		it('do not bring back a receiver that was detached before they were put', async () => {
			const attachment = world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput() }],
				HOLDER,
			);
			await attachment.detach({ gone: true });
			await attachment.ready.catch(() => {});
			assert.equal((await world.pipeline.accept('r1', aPush())).status, 404);
			assert.equal(world.pipeline.held().exports.size, 0);
		});
	});
}
