import assert from 'node:assert/strict';
import { fullExportId, projectOwner } from '../../../core/config';
import { listDefinitions } from '../../../core/definitions/list-definitions';
import { readDefinition } from '../../../core/definitions/read-definition';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import { DefinitionWorld } from '../../support/definition-world';
import { anExportInput, aPush, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

const RECEIVER: ReceiverInput = { id: 'r1', auth: OPEN };
/** More than any test here pushes. */
const WAITS = { count: 100, time: '1h', size: '1MB' } as const;
const HTTP = { kind: 'http', url: 'https://example.com/hook' } as const;

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`definitions made over an API in ${kind}`, () => {
		let world: DefinitionWorld;
		beforeEach(async () => void (world = await DefinitionWorld.open(kind)));
		afterEach(() => world.close());

		const push = async (receiverId = 'r1') =>
			(await world.pipeline.accept(receiverId, aPush())).status;
		const rowsOf = async (exportId: string) =>
			(await world.store.counters()).find((one) => one.exportId === exportId)?.rows;
		const latestOf = async (receiverId: string) =>
			(await world.store.latest(receiverId)).events.length;
		const exportIds = async () =>
			(await listDefinitions(world.store.documents, 'export')).good.map(
				({ definition }) => definition.id,
			);

		it('work at once, and after a restart, by what is stored alone', async () => {
			// Nothing is due, and nobody is asked.
			const ports = () => ({ sink: new RecordingSink() });
			const api = await world.api({ ports });
			const revision = await api.putReceiver({ ...RECEIVER, project: 'paris' }, { ifRevision: 0 });
			await api.putExport(
				{ config: anExportInput({ conditions: WAITS }), sink: HTTP },
				{ ifRevision: 0 },
			);
			await api.putExport({
				config: anExportInput({ receiverId: projectOwner('paris'), id: 'all', conditions: WAITS }),
			});
			assert.equal(await push(), 200);
			await world.restart();
			assert.equal(await push(), 404);
			world.written.length = 0;
			await world.api({ ports });
			assert.equal(await push(), 200);
			assert.deepEqual(world.written, []);
			assert.equal(await rowsOf('r1/main'), 2);
			assert.equal(await rowsOf('project:paris/all'), 2);
			const read = await readDefinition(world.store.documents, 'receiver', 'r1');
			assert.equal(read?.revision, revision);
			assert.equal(read.definition.config.origin, 'api');
		});

		it('name their secrets, whose texts the holder has', async () => {
			const secret = 's3cret-s3cret-s3cret';
			const auth = [{ kind: 'url-secret', secrets: [{ secretRef: 'push' }] }];
			const config = { id: 'r1', auth } as unknown as ReceiverInput;
			const api = await world.api({ secrets: { push: secret } });
			await api.putReceiver(config);
			await api.putExport({ config: anExportInput() });
			const read = await readDefinition(world.store.documents, 'receiver', 'r1');
			assert.deepEqual(read?.definition.config.auth, auth);
			const answer = await world.pipeline.accept('r1', aPush({ path: `/r/${secret}` }));
			assert.equal(answer.status, 200);
			await world.restart();
			// The secret is gone: the one receiver that needs it does not work, and says which.
			await world.api();
			assert.deepEqual(
				world.reported.map(({ kind, id, error }) => [kind, id, error.code]),
				[['receiver', 'r1', 'ERR_CONFIG_INVALID']],
			);
			assert.match(world.reported[0]?.error.message ?? '', /auth\[0\]\.secrets\[0\].*"push"/);
		});

		it('leave what a node has to the node, and name it', async () => {
			await world.pipeline.attachReceiver(RECEIVER, [{ config: anExportInput() }], HOLDER).ready;
			const api = await world.api();
			world.written.length = 0;
			const refused = { code: 'ERR_DEFINITION_HELD', status: 409 };
			for (const attempt of [
				() => api.putReceiver({ ...RECEIVER, maxBodyBytes: 5 }),
				() => api.putExport({ config: anExportInput({ label: 'mine' }) }),
				() => api.putExport({ config: anExportInput({ id: 'new' }) }),
				() => api.removeReceiver('r1', 'drop'),
				() => api.removeExport('r1/main', 'drop'),
			]) {
				await assert.rejects(attempt, (error: Error & { code?: string }) => {
					assert.equal(error.code, refused.code);
					assert.match(error.message, /node "node one"/);
					return true;
				});
			}
			assert.deepEqual(world.written, []);
			assert.equal(await push(), 200);
		});

		it('are not taken by a node either, also while the API is away', async () => {
			await (await world.api()).putReceiver(RECEIVER);
			await world.restart();
			await assert.rejects(world.pipeline.attachReceiver(RECEIVER, [], HOLDER).ready, {
				code: 'ERR_DEFINITION_HELD',
			});
		});

		it('change by the revision that was seen, and not by another; a refused change disturbs nothing', async () => {
			const api = await world.api();
			const first = await api.putReceiver(RECEIVER);
			await api.putExport({ config: anExportInput() });
			assert.equal(await api.putReceiver(RECEIVER, { ifRevision: first }), first);
			const second = await api.putReceiver(
				{ ...RECEIVER, maxBodyBytes: 500 },
				{ ifRevision: first },
			);
			assert.notEqual(second, first);
			const conflict = { code: 'ERR_DOCUMENT_CONFLICT' };
			const late = { ...RECEIVER, maxBodyBytes: 1 };
			await assert.rejects(api.putReceiver(late, { ifRevision: first }), conflict);
			await assert.rejects(api.putReceiver(late, { ifRevision: 0 }), conflict);
			await assert.rejects(api.removeReceiver('r1', 'drop', { ifRevision: first }), conflict);
			await assert.rejects(api.removeExport('r1/main', 'drop', { ifRevision: 99 }), conflict);
			await assert.rejects(
				api.putExport({ config: anExportInput({ label: 'x' }) }, { ifRevision: 0 }),
				conflict,
			);
			assert.equal(await push(), 200);
			assert.equal(await rowsOf('r1/main'), 1);
			await assert.rejects(
				api.putReceiver({ ...RECEIVER, id: 'r9' }, { ifRevision: 99 }),
				conflict,
			);
			assert.equal(await push('r9'), 404, 'one that was refused is not there at all');
		});

		it('are all or nothing: what cannot work is not stored', async () => {
			const api = await world.api();
			await api.putReceiver(RECEIVER);
			for (const config of [
				anExportInput({ id: '' }),
				anExportInput({
					columns: [
						{ type: 'template', name: 'a', template: { language: 'jsonnet', content: '{' } },
					],
				}),
				anExportInput({ receiverId: 'nobody' }),
				anExportInput({ receiverId: projectOwner('a'), maxInFlight: 0 }),
			]) {
				await assert.rejects(api.putExport({ config }), /./);
			}
			await assert.rejects(api.putReceiver({ id: 'r2', auth: [] }), { code: 'ERR_CONFIG_INVALID' });
			assert.deepEqual(await exportIds(), []);
			assert.equal(await push('r2'), 404);
		});

		it('go on where one of them is bad, which is reported and left as it is', async () => {
			const api = await world.api();
			await api.putReceiver(RECEIVER);
			await api.putExport({ config: anExportInput() });
			const bad = {
				format: 1,
				kind: 'receiver',
				id: 'bad',
				holder: HOLDER,
				config: { id: 'bad', auth: [], origin: 'api' },
			};
			const newer = { ...bad, id: 'newer', format: 9 };
			const lost = {
				format: 1,
				kind: 'export',
				id: 'gone/main',
				holder: HOLDER,
				config: { ...anExportInput({ receiverId: 'gone' }), origin: 'api' },
			};
			await world.store.documents.put('definitions.receivers', 'bad', bad);
			await world.store.documents.put('definitions.receivers', 'newer', newer);
			await world.store.documents.put('definitions.receivers', 'none', 'text');
			await world.store.documents.put('definitions.exports', 'gone/main', lost);
			await world.restart();
			await world.api();
			assert.deepEqual(world.reported.map(({ id, error }) => [id, error.code]).sort(), [
				['bad', 'ERR_CONFIG_INVALID'],
				['gone/main', 'ERR_CONFIG_INVALID'],
				['newer', 'ERR_STORE_VERSION'],
				['none', 'ERR_STORE_CORRUPT'],
			]);
			assert.equal(await push(), 200);
			const kept = await world.store.documents.get('definitions.receivers', 'newer');
			assert.deepEqual(kept?.value, newer);
		});

		it('are followed where another process changes them', async () => {
			const api = await world.api();
			await api.putReceiver(RECEIVER);
			await api.putExport({ config: anExportInput() });
			const read = await readDefinition(world.store.documents, 'receiver', 'r1');
			const { definition } = read!;
			const changed = { ...definition, config: { ...definition.config, maxBodyBytes: 1 } };
			await world.store.documents.put('definitions.receivers', 'r1', changed);
			await api.refresh();
			assert.equal(await push(), 413);
			await world.store.documents.remove('definitions.exports', 'r1/main');
			await world.store.documents.remove('definitions.receivers', 'r1');
			await api.refresh();
			assert.equal(await push(), 404);
			// Rows without a definition stay: an orphan.
			assert.equal((await world.store.listExports()).length, 1);
		});

		it('are gone when they are dropped, with their rows', async () => {
			const api = await world.api();
			await api.putReceiver({ ...RECEIVER, latest: { devicePath: 'device' } });
			await api.putExport({ config: anExportInput() });
			await api.putExport({ config: anExportInput({ id: 'other', keep: {} }) });
			await push();
			await api.removeExport('r1/main', 'drop');
			assert.deepEqual((await world.store.listExports()).map(fullExportId).toSorted(), [
				'kept:r1/events',
				'r1/other',
			]);
			const body = Buffer.from('{"device":"d1","event":{"eventType":"touch"}}');
			assert.equal((await world.pipeline.accept('r1', aPush({ body }))).status, 200);
			assert.equal(await latestOf('r1'), 1);
			await api.removeReceiver('r1', 'drop');
			assert.equal(await push(), 404);
			assert.equal(await latestOf('r1'), 0);
			assert.deepEqual(await world.store.listExports(), []);
			assert.deepEqual(await exportIds(), []);
			await assert.rejects(api.removeExport('r1/main', 'drop'), { code: 'ERR_EXPORT_UNKNOWN' });
			await assert.rejects(api.removeReceiver('r1', 'drop'), { code: 'ERR_RECEIVER_UNKNOWN' });
			// And may come again.
			await api.putReceiver(RECEIVER, { ifRevision: 0 });
		});

		it('deliver what they have when they are drained, over a restart, and are gone then', async () => {
			let isReady = false;
			const sink = Object.assign(new RecordingSink(), { isReady: () => isReady });
			const ports = () => ({ sink });
			const api = await world.api({ ports });
			await api.putReceiver(RECEIVER);
			await api.putExport({ config: anExportInput() });
			await api.putExport({ config: anExportInput({ id: 'other' }) });
			await push();
			await api.removeExport('r1/main', 'drain');
			assert.equal(await push(), 200);
			assert.equal(await rowsOf('r1/main'), 1);
			await world.restart();
			await world.api({ ports });
			assert.equal(await rowsOf('r1/main'), 1);
			isReady = true;
			const delivered = new Promise<void>((resolve) => {
				world.pipeline.subscribe((notice) => {
					if (notice.kind === 'attempt' && notice.exportId === 'r1/main') resolve();
				});
			});
			world.pipeline.flush('r1/main');
			await delivered;
			assert.equal(await world.store.getExport('r1/main'), undefined);
			await (await world.api()).refresh();
			assert.deepEqual(await exportIds(), ['r1/other']);
		});

		it('take rows again where one that is drained is made again', async () => {
			const api = await world.api();
			await api.putReceiver(RECEIVER);
			await api.putExport({ config: anExportInput() });
			await push();
			await api.removeExport('r1/main', 'drain');
			assert.equal(await push(), 503);
			await api.putExport({ config: anExportInput() });
			assert.equal(await push(), 200);
			assert.equal(await rowsOf('r1/main'), 2);
		});
	});
}
