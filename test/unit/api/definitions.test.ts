import assert from 'node:assert/strict';
import { apiCore } from '../../../core/api/open-api';
import { sluiceDialect } from '../../../core/api/sluice/sluice-dialect';
import type { DefinitionFile } from '../../../core/api/definitions/definition-file';
import { anAccount, openApiWorld, type ApiWorld } from '../../support/api/api-world';
import { DefinitionWorld } from '../../support/definition-world';
import { anExportInput, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

const SECRET = 's3cret-s3cret-s3cret-s3cret-s3cret';
const URL_SECRET = 'https://example.com/hooks/s3cret-s3cret';
const PLACE = 'receiver r1 auth[0].secrets[0]';
const URL_PLACE = 'export r1/main sink.url';
const WAITS = { count: 100, time: '1h', size: '1MB' } as const;

/** A store of its own, with an API over it. */
async function openWorld(key: string) {
	const world = await DefinitionWorld.open('memory');
	const ports = () => ({ sink: new RecordingSink() });
	const stored = await world.api({ ports, keys: key.repeat(64) });
	const core = apiCore({ pipeline: world.pipeline, stored, clock: world.clock, baseUrl: '' });
	const callers = {
		good: { ...anAccount, grants: [{ project: '*', role: 'develop' } as const] },
	};
	const api: ApiWorld = await openApiWorld(sluiceDialect, core, {
		callers,
		ports: { audit: core.audit },
	});
	const headers = { authorization: 'Bearer good', 'content-type': 'application/json' };
	return {
		world,
		stored,
		core,
		async exported(): Promise<DefinitionFile> {
			const response = await api.call('GET', '/v1/sluice/definitions', { headers });
			assert.equal(response.status, 200);
			return (await response.json()) as DefinitionFile;
		},
		async imported(body: object) {
			const init = { headers, body: JSON.stringify(body) };
			const response = await api.call('POST', '/v1/sluice/definitions:import', init);
			const json = (await response.json()) as {
				definitions?: { kind: string; id: string; became: string; code?: string }[];
				issues?: { at: string; problem: string }[];
			};
			return {
				status: response.status,
				became: json.definitions?.map(({ id, became, code }) =>
					[id, became, code].filter(Boolean).join(' '),
				),
				issues: json.issues?.map(({ at, problem }) => `${problem} ${at}`),
			};
		},
		async close() {
			await api.close();
			await world.close();
		},
	};
}

type World = Awaited<ReturnType<typeof openWorld>>;

describe('definitions as a file', () => {
	let from: World;
	let to: World;

	beforeEach(async () => {
		from = await openWorld('a');
		to = await openWorld('b');
		const auth = [{ kind: 'header-key', header: 'x-key', secrets: [SECRET] }];
		await from.stored.putReceiver({ id: 'r1', auth } as never);
		await from.stored.putExport({
			config: anExportInput({ conditions: WAITS }),
			sink: { kind: 'http', url: URL_SECRET },
		});
		const node = from.world.pipeline.attachReceiver({ id: 'node', auth: OPEN }, [], HOLDER);
		await node.ready;
	});
	afterEach(async () => {
		await from.close();
		await to.close();
	});

	const secrets = { [PLACE]: SECRET, [URL_PLACE]: URL_SECRET };
	const push = (key: string) => ({
		method: 'POST',
		path: '/',
		headers: { 'x-key': key, 'content-type': 'application/json' },
		body: Buffer.from('{}'),
		remoteAddress: '192.0.2.1',
	});

	it('are taken over into another store, which asks for the secrets that it does not know', async () => {
		const file = await from.exported();
		assert.ok(!JSON.stringify(file).includes('s3cret-s3cret'));
		assert.deepEqual(
			file.receivers.map(({ id }) => id),
			['node', 'r1'],
		);
		const asked = await to.imported({ file });
		assert.deepEqual(asked, {
			status: 400,
			became: undefined,
			issues: [`missing body.secrets.${PLACE}`, `missing body.secrets.${URL_PLACE}`],
		});
		const half = await to.imported({ file, secrets: { [PLACE]: SECRET } });
		assert.deepEqual(half.issues, [`missing body.secrets.${URL_PLACE}`]);
		assert.equal((await to.exported()).receivers.length, 0);

		const done = await to.imported({ file, secrets });
		assert.deepEqual(done.became, ['r1 imported', 'r1/main imported', 'node skipped']);
		assert.equal((await to.world.pipeline.accept('r1', push(SECRET))).status, 200);
		assert.equal((await to.world.pipeline.accept('r1', push('other'))).status, 401);
		const again = await to.exported();
		assert.ok(!JSON.stringify(again).includes('s3cret-s3cret'));
		const { sink: _, ...rest } = again.exports[0] ?? {};
		const { sink: __, ...before } = file.exports[0] ?? {};
		assert.deepEqual(rest, before);
	});

	it('keep what is there, or replace it by the secrets that it has', async () => {
		const file = await from.exported();
		assert.deepEqual((await from.imported({ file })).became, [
			'r1 kept',
			'r1/main kept',
			'node skipped',
		]);
		assert.deepEqual((await from.imported({ file, replace: true })).became, [
			'r1 imported',
			'r1/main imported',
			'node skipped',
		]);
		assert.equal((await from.world.pipeline.accept('r1', push(SECRET))).status, 200);
		const entries = await from.core.audit.list({ about: 'r1/main' });
		assert.deepEqual(
			entries.map(({ operation, outcome, by }) => `${operation} ${outcome} ${by.label}`),
			['importDefinition done a service'],
		);
	});

	it('leave out what is on its way out', async () => {
		assert.equal((await from.world.pipeline.accept('r1', push(SECRET))).status, 200);
		await from.stored.removeExport('r1/main', 'drain');
		const { exports, receivers } = await from.exported();
		assert.deepEqual([exports.length, receivers.length], [0, 2]);
	});

	it('go on where one of them cannot be made, and say which', async () => {
		const { receivers, exports, ...rest } = await from.exported();
		const [node, r1] = receivers;
		const file = {
			...rest,
			receivers: [
				{ ...r1, id: 'other' },
				{ kind: 'receiver', id: 'bad', config: { id: 'bad', auth: [], origin: 'api' } },
				r1,
				node,
			],
			exports: [
				{ kind: 'export', id: 'gone/x', config: { id: 'x', receiverId: 'gone' } },
				{ ...exports[0], sink: { kind: 'http', url: 'https://a.example', allowHttp: true } },
			],
		};
		const given = { [PLACE]: SECRET, 'receiver other auth[0].secrets[0]': SECRET };
		assert.deepEqual((await to.imported({ file, secrets: given })).became, [
			'other failed ERR_INPUT_INVALID',
			'bad failed ERR_CONFIG_INVALID',
			'r1 imported',
			'gone/x failed ERR_CONFIG_INVALID',
			'r1/main failed ERR_CONFIG_INVALID',
			'node skipped',
		]);
	});

	it('refuse what is no file of this format, and secrets that nothing needs', async () => {
		const file = await from.exported();
		for (const wrong of [
			{ ...file, format: 2 },
			{ ...file, receivers: {} },
			{ ...file, exports: [{ kind: 'receiver', id: 'x', config: {} }] },
		])
			assert.equal((await to.imported({ file: wrong, secrets })).status, 400);
		const unknown = await to.imported({ file, secrets: { ...secrets, 'receiver r2 x': 'y' } });
		assert.deepEqual(unknown.issues, ['unknown body.secrets.receiver r2 x']);
		assert.equal((await to.exported()).receivers.length, 0);
	});
});
