import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { DEFINED, type DefinitionKind } from '../../../core/definitions/definition';
import { openerOf, sealSink } from '../../../core/definitions/seal-secrets';
import { readDefinition } from '../../../core/definitions/read-definition';
import type { ApiExport } from '../../../core/pipeline/stored-definitions';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import { openSecrets } from '../../../core/secrets/open-secrets';
import { secretFieldsOf, SINK_KINDS, type SinkConfig } from '../../../core/sink/create-sink';
import { resolveSecrets } from '../../../core/sink/secret-ref';
import type { PushRequest } from '../../../core/sink/http/transport';
import { DefinitionWorld } from '../../support/definition-world';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush } from '../../support/pipeline-fixtures';

const MARK = 'm4rk-m4rk-m4rk-m4rk';
const RECEIVER = {
	id: 'r1',
	auth: [{ kind: 'url-secret', secrets: [`${MARK}-push`] }],
} as const satisfies ReceiverInput;
const SINK = {
	kind: 'http',
	url: `https://example.com/hooks/${MARK}-path?token=${MARK}-query`,
	headers: { Authorization: `Bearer ${MARK}-header` },
	signatures: [{ kind: 'body-jwt', secrets: [`${MARK}-sign`] }],
} as const satisfies ApiExport['sink'];
/** Sent at once. */
const AT_ONCE = { count: 1, time: '1h', size: '1MB' } as const;
const EXPORT: ApiExport = { config: anExportInput({ conditions: AT_ONCE }), sink: SINK };
const aKey = () => randomBytes(32).toString('base64');

describe('secrets of definitions made over an API', () => {
	let world: DefinitionWorld;
	let sent: PushRequest[];
	beforeEach(async () => {
		world = await DefinitionWorld.open('memory');
		sent = [];
	});
	afterEach(() => world.close());

	const ports = () => ({
		transport: {
			send: async (request: PushRequest) => {
				sent.push(request);
				return { status: 200, headers: {}, body: new Uint8Array(), isTruncated: false };
			},
			close() {},
		},
	});
	const api = (keys?: string) => world.api({ ports, ...(keys === undefined ? {} : { keys }) });
	const put = async () => {
		await (await api()).putReceiver(RECEIVER);
		await (await api()).putExport(EXPORT);
	};
	const push = async (secret = `${MARK}-push`) =>
		(await world.pipeline.accept('r1', aPush({ path: `/r/${secret}` }))).status;
	const document = async (kind: DefinitionKind, id: string) => {
		const read = await readDefinition(world.store.documents, kind, id);
		assert(read);
		return JSON.stringify(read.definition);
	};
	const documents = async () =>
		`${await document('receiver', 'r1')} ${await document('export', 'r1/main')}`;
	const reported = () =>
		world.reported.map(({ kind, id, error }) => [kind, id, error.code, error.details['field']]);
	const change = async (kind: DefinitionKind, id: string, changed: (json: string) => string) => {
		const json = changed(await document(kind, id));
		await world.store.documents.put(DEFINED[kind], id, JSON.parse(json));
	};

	it('are stored and shown without their texts, and used at once and after a restart', async () => {
		await put();
		for (let start = 1; start <= 2; start++) {
			assert.equal(await push('another-secret'), 401);
			assert.equal(await push(), 200);
			await eventually('a delivery', () => sent.length === start);
			const [request] = sent.slice(-1);
			assert.equal(request?.url, SINK.url);
			assert.equal(request.headers['Authorization'], SINK.headers.Authorization);
			assert.match(String(request.headers['X-Dt-Signature']), /^ey/);
			assert.equal((await documents()).includes(MARK), false);
			await world.restart();
			await api();
		}
		assert.deepEqual(reported(), []);
	});

	it('cover the verify token of a handshake: sealed, shown as a reference, used, and kept where that is put again', async () => {
		const handshake = { kind: 'meta', secrets: [`${MARK}-verify`] } as const;
		await (await api()).putReceiver({ ...RECEIVER, handshake });
		await (await api()).putExport(EXPORT);
		const asked = async (token: string) => {
			const names = { 'hub.mode': 'subscribe', 'hub.challenge': '42', 'hub.verify_token': token };
			const query = Object.fromEntries(Object.entries(names).map(([name, one]) => [name, [one]]));
			const path = `/r/${MARK}-push`;
			return (await world.pipeline.accept('r1', aPush({ method: 'GET', path, query }))).status;
		};
		for (let start = 1; start <= 2; start++) {
			assert.deepEqual([await asked('another'), await asked(`${MARK}-verify`)], [403, 200]);
			const stored = await document('receiver', 'r1');
			assert.equal(stored.includes(MARK), false);
			assert.match(stored, /"handshake":\{"kind":"meta","secrets":\[\{"sealed"/);
			const [shown] = (await (await api()).list('receiver')).good;
			const config = shown!.definition.config as unknown as ReceiverInput;
			assert.match(JSON.stringify(config.handshake), /"secretRef":"sealed:[0-9a-f]{16}"/);
			await (await api()).putReceiver(config);
			assert.equal(await document('receiver', 'r1'), stored);
			await world.restart();
			await api();
		}
	});

	it('that stand as texts in a stored definition let nobody in, nor the verify token of a handshake', async () => {
		const handshake = { kind: 'meta', secrets: [`${MARK}-verify`] } as const;
		for (const [place, given] of [
			['auth[0].secrets[0]', RECEIVER],
			['handshake.secrets[0]', { ...RECEIVER, handshake }],
		] as const) {
			await (await api()).putReceiver(given);
			await change('receiver', 'r1', (json) => {
				const last = json.lastIndexOf('{"sealed"');
				return `${json.slice(0, last)}"${MARK}-text"${json.slice(json.indexOf('}', last) + 1)}`;
			});
			await world.restart();
			await api();
			assert.deepEqual(reported().at(-1), ['receiver', 'r1', 'ERR_CONFIG_INVALID', undefined]);
			const { message } = world.reported.at(-1)!.error;
			assert.ok(message.includes(place) && !message.includes(MARK), message);
			assert.equal(await push(), 404);
		}
	});

	it('are shown as references with fingerprints, and a URL as what is no secret of it', async () => {
		await put();
		const receivers = await (await api()).list('receiver');
		const exports = await (await api()).list('export');
		const shown = JSON.stringify([receivers, exports]);
		assert.equal(shown.includes(MARK) || shown.includes('"sealed"'), false);
		assert.match(shown, /"secretRef":"sealed:[0-9a-f]{16}"/);
		assert.match(shown, /"shown":"https:\/\/example\.com\/hooks\/\*\*\*\?token=\*\*\*"/);
	});

	it('stay as they are where the reference that was shown is put again, also in another place', async () => {
		await put();
		const running = await api();
		const before = await documents();
		const [receiver] = (await running.list('receiver')).good;
		const [export_] = (await running.list('export')).good;
		await running.putReceiver(receiver!.definition.config as unknown as ReceiverInput);
		const { config, sink } = export_!.definition;
		await running.putExport({ config, sink });
		assert.equal(await documents(), before);
		const auth = receiver!.definition.config.auth[0] as unknown as { secrets: unknown[] };
		const [old] = auth.secrets;
		const both = [{ kind: 'url-secret', secrets: [`${MARK}-new`, old] }];
		await running.putReceiver({ id: 'r1', auth: both } as unknown as ReceiverInput);
		assert.equal(await push(), 200);
		assert.equal(await push(`${MARK}-new`), 200);
	});

	it('are not written again where the same texts are put again', async () => {
		await put();
		world.written.length = 0;
		await put();
		assert.deepEqual(world.written, []);
		await (
			await api()
		).putReceiver({
			id: 'r1',
			auth: [{ kind: 'url-secret', secrets: [`${MARK}-else`] }],
		});
		// What was before is let in for a while.
		assert.deepEqual(world.written, ['definitions.receivers/r1', 'url-secrets/r1']);
	});

	it('are refused as references of another definition, and as sealed texts', async () => {
		await put();
		const running = await api();
		await running.putReceiver({ ...RECEIVER, id: 'r2' });
		const { good } = await running.list('receiver');
		const [, other] = good.map(({ definition }) => definition.config.auth);
		const stored = await readDefinition(world.store.documents, 'receiver', 'r2');
		for (const auth of [
			other,
			stored?.definition.config.auth,
			[{ kind: 'url-secret', secrets: [{ secretRef: 'sealed:' }] }],
		]) {
			await assert.rejects(running.putReceiver({ id: 'r1', auth } as unknown as ReceiverInput), {
				code: 'ERR_CONFIG_INVALID',
				message: /^auth\[0\]\.secrets\[0\]: expected a secret itself/,
			});
		}
		assert.equal(await push(), 200);
	});

	it('are checked as those of nodes, and never shown by what refuses them', async () => {
		const running = await api();
		const refuses = (attempt: Promise<unknown>, at: string) =>
			assert.rejects(attempt, (error: Error & { details: Record<string, unknown> }) => {
				assert.equal(error.details['path'], at);
				return !`${error.message}${JSON.stringify(error.details)}`.includes('m4rk');
			});
		const secrets = (...all: unknown[]) =>
			running.putReceiver({ id: 'r1', auth: [{ kind: 'url-secret', secrets: all }] } as never);
		await refuses(secrets('m4rk'), 'auth[0].secrets[0]');
		await refuses(secrets(MARK, `${MARK}\ud800`), 'auth[0].secrets[1]');
		await refuses(secrets('m4rk'.repeat(20_000)), 'auth[0].secrets[0]');
		await running.putReceiver(RECEIVER);
		const sink = (one: object) =>
			running.putExport({ ...EXPORT, sink: { ...SINK, ...one } as never });
		await refuses(sink({ url: `https://m4rk:m4rk@example.com/` }), 'sink.url');
		await refuses(sink({ url: `ftp://${MARK}` }), 'sink.url');
		await refuses(sink({ headers: { A: `${MARK}\n` } }), 'sink.headers["A"]');
		await refuses(
			sink({ signatures: [{ kind: 'body-jwt', secrets: [''] }] }),
			'sink.signatures[0].secrets[0]',
		);
	});

	it('disable only what needs them when the key is lost, and work again when it is back', async function () {
		const key = aKey();
		await (await api(key)).putReceiver({ ...RECEIVER, id: 'r2', auth: [{ kind: 'none' }] });
		await (await api()).putReceiver(RECEIVER);
		await (await api()).putExport(EXPORT);
		const [second, plain] = ['second', 'plain'].map((id) => ({
			...EXPORT,
			config: anExportInput({ receiverId: 'r2', id, conditions: AT_ONCE }),
		}));
		await (await api()).putExport(second!);
		await (
			await api()
		).putExport({
			...plain!,
			sink: { kind: 'http', url: 'https://example.com/plain' },
		});
		await push();
		await eventually('a delivery', () => sent.length === 1);
		await world.restart();
		await api(aKey());
		assert.deepEqual(reported(), [
			['receiver', 'r1', 'ERR_SECRET_UNREADABLE', '/auth/0/secrets/0'],
			['export', 'r1/main', 'ERR_SECRET_UNREADABLE', '/sink/url'],
			['export', 'r2/second', 'ERR_SECRET_UNREADABLE', '/sink/url'],
		]);
		assert.equal(JSON.stringify(world.reported).includes(MARK), false);
		assert.equal(await push(), 404);
		// What needs no secret works; rows of what does are kept.
		assert.equal((await world.pipeline.accept('r2', aPush())).status, 200);
		await eventually('a delivery', () => sent.length === 2);
		assert.equal(sent[1]?.url, 'https://example.com/plain');
		await world.restart();
		await api(key);
		await eventually('what was kept', () => sent.length === 3);
		assert.equal(sent[2]?.url, SINK.url);
		assert.equal(await push(), 200);
	});

	it('are delivered by exports whose receiver needs a secret that is lost', async () => {
		const [kept, lost] = [aKey(), aKey()];
		await (await api(lost)).putReceiver(RECEIVER);
		await (
			await api()
		).putExport({
			config: anExportInput({ conditions: { count: 2, time: '1h', size: '1MB' } }),
			sink: { kind: 'http', url: 'https://example.com/plain' },
		});
		await push();
		await world.restart();
		await api(kept);
		assert.deepEqual(
			reported().map(([kind]) => kind),
			['receiver'],
		);
		world.pipeline.flush('r1/main');
		await eventually('a delivery', () => sent.length === 1);
		await (await api()).putReceiver(RECEIVER);
		assert.equal(await push(), 200);
		assert.equal(await push(), 200);
		await eventually('another one', () => sent.length === 2);
	});

	it('are reported by their field where a sealed text is cut, or has changed its place', async () => {
		const auth = [{ kind: 'url-secret', secrets: [`${MARK}-1`, `${MARK}-2`] }] as const;
		for (const id of ['a', 'b', 'c']) await (await api()).putReceiver({ id, auth });
		const sealedOf = async (id: string) =>
			[...(await document('receiver', id)).matchAll(/"sealed":"([^"]+)"/g)].map(
				([, sealed = '']) => sealed,
			);
		const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(sealedOf));
		// Cut; of another document; of another field of the same one.
		await change('receiver', 'a', (json) => json.replace(a![1]!, a![1]!.slice(0, -1)));
		await change('receiver', 'b', (json) => json.replace(b![0]!, c![0]!));
		await change('receiver', 'c', (json) =>
			json.replace(c![0]!, '#').replace(c![1]!, c![0]!).replace('#', c![1]!),
		);
		await world.restart();
		await api();
		assert.deepEqual(reported(), [
			['receiver', 'a', 'ERR_SECRET_UNREADABLE', '/auth/0/secrets/1'],
			['receiver', 'b', 'ERR_SECRET_UNREADABLE', '/auth/0/secrets/0'],
			['receiver', 'c', 'ERR_SECRET_UNREADABLE', '/auth/0/secrets/0'],
		]);
	});

	it('are sealed again with a new key, so that the former one can go', async () => {
		const [former, newest] = [aKey(), aKey()];
		await (await api(former)).putReceiver(RECEIVER);
		await (await api()).putExport(EXPORT);
		await world.restart();
		const rotating = await api(`${newest},${former}`);
		assert.deepEqual(await rotating.sealAgain(), { count: 2, bad: [] });
		assert.deepEqual(await rotating.sealAgain(), { count: 0, bad: [] });
		assert.equal(await push(), 200);
		await world.restart();
		await api(newest);
		assert.deepEqual(reported(), []);
		assert.equal(await push(), 200);
		await eventually('both deliveries', () => sent.length === 2);
	});

	it('that cannot be opened are said by who seals again, and left as they are', async () => {
		await (await api(aKey())).putReceiver(RECEIVER);
		const before = await document('receiver', 'r1');
		await world.restart();
		const { count, bad } = await (await api(aKey())).sealAgain();
		assert.equal(count, 0);
		assert.deepEqual(
			bad.map(({ id, error }) => [id, error.code]),
			[['r1', 'ERR_SECRET_UNREADABLE']],
		);
		assert.equal(await document('receiver', 'r1'), before);
	});
});

describe('sealSink', () => {
	const secrets = openSecrets({
		store: { kind: 'memory' },
		environment: {},
		logger: { warn: (message) => assert.fail(message) },
	});

	for (const kind of SINK_KINDS) {
		for (const [field, holds] of Object.entries(secretFieldsOf({ kind }))) {
			it(`seals what a sink of kind ${kind} has at ${field}, in that place alone`, () => {
				const text = holds === 'url' ? `https://example.com/${MARK}` : MARK;
				const value = field.split('.').reduceRight<unknown>((below, step) => {
					return { [step === '*' ? 'a/b' : step]: below };
				}, text);
				const sink = { kind, ...(value as object) } as unknown as SinkConfig;
				const sealed = sealSink(secrets, 'r1/main', sink);
				assert.equal(JSON.stringify(sealed).includes(MARK), false);
				const open = openerOf(secrets, { kind: 'export', id: 'r1/main' });
				const opened = resolveSecrets(sealed, secretFieldsOf(sink), {
					openSecret: open,
					path: 'sink',
				});
				assert.deepEqual(opened, sink);
			});
		}
	}
});

describe('the key file of a store whose API seals secrets', () => {
	let world: DefinitionWorld;
	beforeEach(async () => void (world = await DefinitionWorld.open('sqlite')));
	afterEach(() => world.close());

	const push = async () =>
		(await world.pipeline.accept('r1', aPush({ path: `/r/${MARK}-push` }))).status;

	it('is written again by the next change where it is removed meanwhile', async () => {
		const api = await world.api();
		await api.putReceiver(RECEIVER);
		await api.putExport({ config: anExportInput() });
		rmSync(world.keyFile!);
		await api.refresh();
		assert.equal(await push(), 200);
		await api.putReceiver({ ...RECEIVER, id: 'r2' });
		await world.restart();
		await world.api();
		assert.deepEqual(world.reported, []);
		assert.equal(await push(), 200);
	});

	it('is looked for again by a refresh: what was lost works when it is back, without a restart', async () => {
		await (await world.api()).putReceiver(RECEIVER);
		await (await world.api()).putExport(EXPORT);
		await (await world.api()).putReceiver({ id: 'r2', auth: [{ kind: 'none' }] });
		const config = anExportInput({ receiverId: 'r2' });
		await (await world.api()).putExport({ ...EXPORT, config });
		await world.restart();
		renameSync(world.keyFile!, `${world.keyFile}.away`);
		const api = await world.api();
		const sinks = () =>
			['r1/main', 'r2/main'].map((id) => world.pipeline.held().exports.get(id)?.sink);
		assert.equal(await push(), 404);
		assert.deepEqual(sinks(), ['none', 'none']);
		assert.equal(world.reported.length, 3);
		renameSync(`${world.keyFile}.away`, world.keyFile!);
		await api.refresh();
		assert.equal(world.reported.length, 3);
		assert.equal(await push(), 200);
		assert.deepEqual(sinks(), ['ready', 'ready']);
	});

	it('is told by what needs it where it is damaged', async () => {
		await (await world.api()).putReceiver(RECEIVER);
		await world.restart();
		writeFileSync(world.keyFile!, 'half a k');
		const api = await world.api();
		assert.deepEqual(
			world.reported.map(({ id, error }) => [id, error.code]),
			[['r1', 'ERR_SECRET_KEY']],
		);
		await assert.rejects(api.putReceiver({ ...RECEIVER, id: 'r2' }), { code: 'ERR_SECRET_KEY' });
		await api.putReceiver({ id: 'r3', auth: [{ kind: 'none' }] });
	});
});
