import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { decodeEvent } from '../../../core/event/codec';
import { openStore } from '../../../core/buffer/open-store';
import type { AppendRequest, Counters, Store } from '../../../core/buffer/store';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { signBody } from '../../../core/signature/sign-body';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	RecordingSink,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('accept: from a request to its answer', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (receiver: object = {}, exports = [anExportInput()]) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			exports.map((config) => ({ config, ports: { sink: new RecordingSink() } })),
			HOLDER,
		);

	it('answers 200 with the id of an event that is in the store', async () => {
		await attach().ready;
		const answer = await world.pipeline.accept('r1', aPush());
		assert.equal(answer.status, 200);
		const [row] = await world.store.peek('r1/main');
		assert.equal(JSON.parse(answer.body).id, row?.eventId);
	});

	it('tells once how an export stands of those that came to the disk together', async () => {
		await world.pipeline.close();
		let appended = 0;
		// As a store that commits in groups: two appends each have the same counters.
		let shared: readonly Counters[] = [];
		const grouped: Store = Object.assign(Object.create(world.store) as Store, {
			append: async (request: AppendRequest) => {
				const answer = await world.store.append(request);
				if (++appended % 2 === 0) shared = answer.counters;
				return { ...answer, counters: shared };
			},
		});
		world.pipeline = await openPipeline({ store: grouped, clock: world.clock });
		await attach({}, [anExportInput({ conditions: { count: 100, time: '10s', size: '1MB' } })])
			.ready;
		const told: number[] = [];
		world.pipeline.subscribe((notice) => {
			if (notice.kind === 'counters') told.push(notice.counters.rows);
		});
		for (let i = 0; i < 7; i++) await world.pipeline.accept('r1', aPush());
		assert.deepEqual(told, [2, 4, 6]);
	});

	it('accepts a push that comes before the store knows the exports', async () => {
		attach();
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
	});

	const slow = async function* (bytes: number): AsyncGenerator<Uint8Array> {
		for (let sent = 0; sent < bytes; sent += 100) yield Buffer.alloc(100, 32);
	};
	const refusals: {
		name: string;
		push: object;
		receiver?: object;
		exports?: ReturnType<typeof anExportInput>[];
		status: number;
		error: string;
	}[] = [
		{ name: 'another method', push: { method: 'GET' }, status: 405, error: 'ERR_METHOD' },
		{
			name: 'a declared length above the limit',
			push: { headers: { 'content-length': '101' } },
			receiver: { maxBodyBytes: 100 },
			status: 413,
			error: 'ERR_BODY_TOO_LARGE',
		},
		{
			name: 'a body above the limit',
			push: { body: Buffer.alloc(101) },
			receiver: { maxBodyBytes: 100 },
			status: 413,
			error: 'ERR_BODY_TOO_LARGE',
		},
		{
			name: 'a stream above the limit',
			push: { body: slow(300) },
			receiver: { maxBodyBytes: 100 },
			status: 413,
			error: 'ERR_BODY_TOO_LARGE',
		},
		{
			name: 'JSON nested beyond the bound, though nothing reads it',
			push: { body: Buffer.from(`${'['.repeat(501)}${']'.repeat(501)}`) },
			status: 400,
			error: 'ERR_BODY_UNREADABLE',
		},
		{
			name: 'a missing secret',
			push: { path: '/' },
			receiver: { auth: [{ kind: 'url-secret', secrets: ['s3cret-s3cret-s3cret'] }] },
			status: 401,
			error: 'unauthorized',
		},
		{
			name: 'a wrong secret',
			push: { path: '/sluice/r1/wrong' },
			receiver: { auth: [{ kind: 'url-secret', secrets: ['s3cret-s3cret-s3cret'] }] },
			status: 401,
			error: 'unauthorized',
		},
		{
			name: 'a missing signature',
			push: {},
			receiver: { auth: [{ kind: 'body-jwt', secrets: ['k'] }] },
			status: 401,
			error: 'unauthorized',
		},
		{ name: 'no buffer', push: {}, exports: [], status: 503, error: 'ERR_EXPORT_UNKNOWN' },
		{
			name: 'JSON that is none, where a column needs it',
			push: { body: Buffer.from('{"a": 1,}') },
			exports: [anExportInput({ columns: [{ type: 'path', name: 'a', path: 'a' }] })],
			status: 400,
			error: 'ERR_BODY_UNREADABLE',
		},
	];
	for (const { name, push, receiver, exports, status, error } of refusals) {
		it(`refuses ${name} with ${status} ${error} and stores nothing`, async () => {
			await attach(receiver, exports).ready;
			const answer = await world.pipeline.accept('r1', aPush(push));
			assert.equal(answer.status, status, answer.body);
			assert.equal(JSON.parse(answer.body).error, error);
			if (exports?.length !== 0) assert.equal((await world.store.peek('r1/main')).length, 0);
			if (status === 503) assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
		});
	}

	it('says where malformed JSON goes wrong, and shows nothing of it', async () => {
		await attach({}, [anExportInput({ columns: [{ type: 'path', name: 'a', path: 'a' }] })]).ready;
		const { body } = await world.pipeline.accept(
			'r1',
			aPush({ body: Buffer.from('{"hush": 1,}') }),
		);
		assert.match(body, /column 12/);
		assert.doesNotMatch(body, /hush/);
	});

	it('verifies a signed body and takes the secret out of the path', async () => {
		const body = '{"a":1}';
		await attach({ auth: [{ kind: 'body-jwt', secrets: ['old', 'k'] }] }).ready;
		const now = world.clock.now();
		const token = await signBody({ body, secret: 'k', now });
		const signed = aPush({ body: Buffer.from(body), headers: { 'X-Dt-Signature': token } });
		assert.equal((await world.pipeline.accept('r1', signed)).status, 200);
		const changed = aPush({ body: Buffer.from('{"a":2}'), headers: { 'X-Dt-Signature': token } });
		assert.equal((await world.pipeline.accept('r1', changed)).status, 401);
	});

	it('keeps the secret in the URL out of the stored event', async () => {
		await attach({ auth: [{ kind: 'url-secret', secrets: ['s3cret-s3cret-s3cret'] }] }).ready;
		assert.equal(
			(await world.pipeline.accept('r1', aPush({ path: '/in/s3cret-s3cret-s3cret' }))).status,
			200,
		);
		const [row] = await world.store.peek('r1/main');
		assert.doesNotMatch(Buffer.from(row?.payload ?? []).toString(), /s3cret/);
	});

	it('answers 404 for a receiver that never was, 503 for one that is detached, 404 for one that is gone', async () => {
		assert.equal((await world.pipeline.accept('r2', aPush())).status, 404);
		const attachment = attach();
		await attachment.ready;
		await attachment.detach();
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 503);
		const again = attach();
		await again.ready;
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
		await again.detach({ gone: true });
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 404);
	});

	it('keeps an event that cannot be mapped as a dead letter where the export says so', async () => {
		const good = anExportInput({ id: 'good' });
		const bad = anExportInput({
			id: 'bad',
			columns: [{ type: 'path', name: 'x', path: 'missing' }],
			onMappingError: 'dead',
		});
		await attach({}, [good, bad]).ready;
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
		assert.equal((await world.store.peek('r1/good')).length, 1);
		const [letter] = await world.store.deadLetters({ exportId: 'r1/bad' });
		assert.equal(letter?.error.code, 'ERR_COLUMN_VALUE');
	});

	it('keeps no secret in the event by which it was let in', async () => {
		const secret = 'a-secret-of-the-url';
		await attach({
			auth: [{ kind: 'url-secret', secrets: ['another-secret', secret] }],
			secretHeaders: ['Authorization'],
		}).ready;
		const { status } = await world.pipeline.accept(
			'r1',
			aPush({
				path: `/r/${secret}`,
				headers: {
					Authorization: 'Basic host',
					'X-Forwarded-Uri': `/r/${secret}`,
					Cookie: 'a=1',
					'X-Dt-Signature': 's',
				},
				query: { back: [`/r/${encodeURIComponent(secret)}`], a: ['1'] },
			}),
		);
		assert.equal(status, 200);
		const [row] = await world.store.peek('r1/main');
		const event = decodeEvent(row!.payload);
		assert.equal(event.path, '/r');
		assert.deepEqual({ ...event.headers }, { cookie: ['a=1'], 'x-dt-signature': ['s'] });
		assert.deepEqual({ ...event.query }, { a: ['1'] });
		assert.equal(Buffer.from(row!.payload).includes(secret), false);
	});

	it('leaves out nothing of a push to the address without a secret, by another way', async () => {
		const secret = 'a-secret-of-the-url';
		const auth = [
			{ kind: 'url-secret', secrets: [secret] },
			{ kind: 'bearer', secrets: ['of the sender'] },
		];
		const conditions = { count: 100, time: '1h', size: '1MB' };
		await attach({ auth }, [anExportInput({ conditions })]).ready;
		const headers = { Authorization: 'Bearer of the sender', 'X-Topic': 'orders/create' };
		for (const path of ['/in/orders', `/in/${secret}`]) {
			const forwarded = { ...headers, 'X-Forwarded-Uri': path };
			const push = aPush({ path, headers: forwarded });
			assert.equal((await world.pipeline.accept('r1', push)).status, 200);
		}
		const rows = await world.store.peek('r1/main');
		const [open, withSecret] = rows.map(({ payload }) => decodeEvent(payload));
		assert.equal(open?.path, '/in/orders');
		assert.deepEqual(
			{ ...open?.headers },
			{ 'x-topic': ['orders/create'], 'x-forwarded-uri': ['/in/orders'] },
		);
		// Both prove who sent it: the secret is still one.
		assert.equal(withSecret?.path, '/in');
		assert.deepEqual({ ...withSecret?.headers }, { 'x-topic': ['orders/create'] });
	});

	it('counts what a path finds nothing in, tells the log of the first, and reads it where it is told how', async () => {
		const warnings: string[] = [];
		const logger = {
			debug() {},
			info() {},
			error() {},
			warn: (message: string) => void warnings.push(message),
		};
		const { clock } = world;
		const store = await openStore({ kind: 'memory', clock });
		const pipeline = await openPipeline({ store, clock, logger });
		const paths = { dedupe: [{ keyPath: 'id', windowMs: 60_000 }], typePath: 'type' };
		const push = aPush({
			headers: { 'content-type': 'text/plain; charset=UTF-8' },
			body: Buffer.from('{"id":"x","type":"t"}'),
		});
		const attachAs = (readBodyAs: 'type' | 'json') =>
			pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN, readBodyAs, ...paths },
				[{ config: anExportInput() }],
				HOLDER,
			);
		attachAs('type');
		await pipeline.accept('r1', push);
		await pipeline.accept('r1', push);
		const misses = { dedupe: 2, type: 2, schema: 0 };
		assert.deepEqual(pipeline.held().receivers[0]?.pathMisses, misses);
		assert.equal(warnings.length, 2);
		assert.match(warnings[0]!, /dedupe path "id" finds nothing in a body of type "text\/plain/);
		await attachAs('json').ready;
		await pipeline.accept('r1', push);
		const { body } = await pipeline.accept('r1', push);
		assert.equal(JSON.parse(body).duplicate, true);
		assert.deepEqual(pipeline.held().receivers[0]?.pathMisses, misses);
		await pipeline.close();
		await store.close();
	});

	it('answers a known key as accepted and stores it once', async () => {
		await attach({ dedupe: [{ keyPath: 'id', windowMs: 60_000 }] }).ready;
		const push = aPush({ body: Buffer.from('{"id":"x"}') });
		const told: string[] = [];
		world.pipeline.subscribe((notice) => {
			if (notice.kind === 'accepted') told.push(...notice.eventIds);
		});
		const { id } = JSON.parse((await world.pipeline.accept('r1', push)).body) as { id: string };
		const second = await world.pipeline.accept('r1', push);
		assert.equal(second.status, 200);
		// No id: nothing has it.
		assert.deepEqual(JSON.parse(second.body), { duplicate: true });
		assert.deepEqual(
			(await world.store.peek('r1/main')).map((row) => row.eventId),
			[id],
		);
		assert.deepEqual(told, [id]);
	});

	it('tells keys apart that a double would make the same', async () => {
		await attach({ dedupe: [{ keyPath: 'id', windowMs: 60_000 }] }).ready;
		const duplicates: unknown[] = [];
		for (const id of ['4634343214213523454', '4634343214213523455', '"4634343214213523455"']) {
			const push = aPush({ body: Buffer.from(`{"id":${id}}`) });
			duplicates.push(JSON.parse((await world.pipeline.accept('r1', push)).body).duplicate);
		}
		assert.deepEqual(duplicates, [undefined, undefined, true]);
	});

	it('takes only the event types of the filter (D38)', async () => {
		await attach({ typePath: 'event.type' }, [anExportInput({ filter: { types: ['touch'] } })])
			.ready;
		for (const type of ['touch', 'ping']) {
			const push = aPush({ body: Buffer.from(JSON.stringify({ event: { type } })) });
			const { status, body } = await world.pipeline.accept('r1', push);
			assert.equal(status, 200);
			if (type === 'ping') assert.deepEqual(JSON.parse(body), { filtered: true });
			else assert.deepEqual(Object.keys(JSON.parse(body) as object), ['id']);
		}
		assert.equal((await world.store.peek('r1/main')).length, 1);
	});
});

describe('attach: configurations that cannot work', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const cases: { name: string; receiver?: object; export_?: object; path: string }[] = [
		{ name: 'no authentication', receiver: { auth: [] }, path: 'auth' },
		{
			name: 'an empty secret',
			receiver: { auth: [{ kind: 'url-secret', secrets: [''] }] },
			path: 'auth[0].secrets',
		},
		{ name: 'a body limit out of bounds', receiver: { maxBodyBytes: 0 }, path: 'maxBodyBytes' },
		{
			name: 'a time below 1 s',
			export_: { conditions: { count: 1, time: '10ms', size: '1MB' } },
			path: 'conditions.time',
		},
		{
			name: 'a count out of bounds',
			export_: { conditions: { count: 0, time: '1s', size: '1MB' } },
			path: 'conditions.count',
		},
		{
			name: 'a pause as long as the time',
			export_: { conditions: { count: 1, sizeBytes: 100, timeMs: 2_000, idleMs: 2_000 } },
			path: 'conditions.idleMs',
		},
		{
			name: 'columns for a table that differ in letter case alone',
			export_: {
				output: 'cells',
				columns: [
					{ type: 'ip', name: 'a' },
					{ type: 'ip', name: 'A' },
				],
			},
			path: 'columns[1].name',
		},
		{ name: 'an unknown order', export_: { order: 'random' }, path: 'order' },
		{
			name: 'jitter above 1',
			export_: { retry: { delaysMs: [1], jitter: 2 } },
			path: 'retry.jitter',
		},
		{ name: 'a receiver id with a slash', receiver: { id: 'plant/a' }, path: 'id' },
		{ name: 'a receiver id with a NUL', receiver: { id: 'r1\0' }, path: 'id' },
		{ name: 'half of a surrogate pair in an id', receiver: { id: '\ud800' }, path: 'id' },
		{ name: 'an id that is too long', receiver: { id: 'r'.repeat(201) }, path: 'id' },
		{ name: 'no id', receiver: { id: '' }, path: 'id' },
		{ name: 'an export id with a NUL', export_: { id: 'ma\0in' }, path: 'id' },
		{ name: 'an export id with a line end', export_: { id: 'ma\nin' }, path: 'id' },
		{ name: 'an export id with half a pair', export_: { id: 'x\udfff' }, path: 'id' },
		{ name: 'an export id that is too long', export_: { id: 'x'.repeat(201) }, path: 'id' },
		{ name: 'a label with a NUL', export_: { label: '\0' }, path: 'label' },
		{
			name: 'a slash in the receiver of an export',
			export_: { receiverId: 'r1/x' },
			path: 'receiverId',
		},
		{ name: 'more batches at once than 100', export_: { maxInFlight: 101 }, path: 'maxInFlight' },
		{ name: 'no batch at once', export_: { maxInFlight: 0 }, path: 'maxInFlight' },
		{
			name: 'a window of deduplication that is too short',
			receiver: { dedupe: [{ keyPath: 'id', windowMs: 999 }] },
			path: 'dedupe[0].windowMs',
		},
		{
			name: 'a window of deduplication that is too long',
			receiver: { dedupe: [{ keyPath: 'id', windowMs: 30 * 86_400_000 + 1 }] },
			path: 'dedupe[0].windowMs',
		},
		{
			name: 'an export of another receiver',
			export_: { receiverId: 'r2' },
			path: 'exports[0].receiverId',
		},
	];
	it('refuses two exports of one id and names the second', () => {
		const config = anExportInput();
		assert.throws(
			() =>
				world.pipeline.attachReceiver({ id: 'r1', auth: OPEN }, [{ config }, { config }], HOLDER),
			{ code: 'ERR_CONFIG_INVALID', message: /^exports\[1\]\.id/ },
		);
	});

	for (const { name, receiver, export_, path } of cases) {
		it(`refuses ${name} and names ${path}`, () => {
			const attach = () =>
				world.pipeline.attachReceiver(
					{ id: 'r1', auth: OPEN, ...receiver },
					[{ config: anExportInput(export_) }],
					HOLDER,
				);
			assert.throws(attach, (error: unknown) => {
				const { code, details } = error as { code: string; details: { path: string } };
				assert.equal(code, 'ERR_CONFIG_INVALID');
				assert.ok(details.path.startsWith(path), details.path);
				return true;
			});
		});
	}

	it('takes what is at the bounds', async () => {
		const attachment = world.pipeline.attachReceiver(
			{ id: 'r'.repeat(200), auth: OPEN, dedupe: [{ keyPath: 'id', windowMs: 30 * 86_400_000 }] },
			Array.from({ length: 20 }, (_, index) => ({
				config: anExportInput({
					id: `漢/${index}`.padEnd(200, '漢'),
					receiverId: 'r'.repeat(200),
					maxInFlight: 100,
				}),
			})),
			HOLDER,
		);
		await attachment.ready;
		assert.equal((await world.pipeline.accept('r'.repeat(200), aPush())).status, 200);
	});

	it('refuses a twenty-first export', () => {
		const exports = Array.from({ length: 21 }, (_, index) => ({
			config: anExportInput({ id: `e${index}` }),
		}));
		assert.throws(
			() => world.pipeline.attachReceiver({ id: 'r1', auth: OPEN }, exports, HOLDER),
			/exports: expected at most 20/,
		);
	});

	it('refuses to take an export over that another holder has, from either side, and leaves it as it was', async () => {
		const other = { key: 'node-2', label: 'node two' };
		const receive = (holder: typeof other) =>
			world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput() }],
				holder,
			);
		const collect = (holder: typeof other) =>
			world.pipeline.attachExport({ config: anExportInput() }, holder);
		const collected = collect(HOLDER);
		await collected.ready;
		assert.throws(() => receive(other), /node one.*node two/);
		assert.equal(world.pipeline.hasReceiver('r1'), false);
		await world.pipeline.add('r1/main', [createEvent({ body: '{}' })]);
		await collected.detach();
		await receive(other).ready;
		assert.throws(() => collect(HOLDER), /node two.*node one/);
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
	});

	it('refuses an id that another holder has, naming both', async () => {
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
		assert.throws(
			() =>
				world.pipeline.attachReceiver({ id: 'r1', auth: OPEN }, [], {
					key: 'node-2',
					label: 'node two',
				}),
			/node one.*node two/,
		);
	});
});
