import assert from 'node:assert/strict';
import { ALERTS_RECEIVER, type Alert } from '../../../core/alerts/alert';
import { isWanted } from '../../../core/alerts/wanted';
import { storeConditions } from '../../../core/alerts/store-conditions';
import type { StoreStats } from '../../../core/buffer/store';
import type { AlertsConfig } from '../../../core/config';
import { ALERT_KINDS } from '../../../core/pure/alert-kinds';
import { FreeSpaceGuard } from '../../../core/buffer/stores/sqlite/free-space';
import { createEvent } from '../../../core/event/create-event';
import { ConfigError } from '../../../core/errors';
import { resume } from '../../../core/operate/verbs/states';
import { onStoreAlert } from '../../../core/operate/store-alerts';
import { purge } from '../../../core/operate/verbs/purge';
import { parseExportConfig } from '../../../core/pipeline/parse-export';
import type { PipelineCore } from '../../../core/pipeline/pipeline';
import { ALERTS } from '../../../core/pure/bounds';
import { HealthWorld, ID } from '../../support/health-world';
import { anExportInput, aPush, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BAD_COLUMN = {
	type: 'template',
	name: 'a',
	template: { language: 'jsonnet', content: 'error "none"' },
} as const;

describe('alerts', () => {
	let world: HealthWorld;
	let sink: RecordingSink;
	beforeEach(async () => {
		world = await new HealthWorld().open();
		sink = new RecordingSink();
	});
	afterEach(() => world.close());

	const config = (alerts?: AlertsConfig, id = 'node') => ({
		id,
		receiverId: ALERTS_RECEIVER,
		output: 'event' as const,
		conditions: { count: 100, time: '1s', size: '1MB' },
		...(alerts ? { alerts } : {}),
	});
	const hold = async (alerts?: AlertsConfig, core: PipelineCore = world.core) => {
		const holder = { key: 'alerts', label: 'alerts' };
		const attachment = core.attachExport({ config: config(alerts), ports: { sink } }, holder);
		await attachment.ready;
		return attachment;
	};
	/** What the holder has got. */
	const told = (): Alert[] =>
		sink.batches.flatMap(({ records }) => records.map((one) => (one as { body: Alert }).body));
	const kinds = (): string[] => told().map(({ kind }) => kind);
	const lost = (text: string): string[] => world.log.filter((line) => line.includes(text));

	it('say that a destination fails and works again, once each, with what is known of it', async () => {
		await hold();
		await world.attach({ label: 'Building 4' });
		world.endpoint.mood = 503;
		await world.push(30);
		await world.advance(2 * HOUR, MINUTE);
		assert.deepEqual(kinds(), ['failing', 'queueGrowing']);
		const [failing] = told();
		assert.deepEqual(
			[failing?.exportId, failing?.label, failing?.destination, failing?.lastStatus, failing?.rows],
			[ID, 'Building 4', 'https://endpoint.test/in?key=***', 503, 1],
		);
		assert.deepEqual(failing?.rowIds, [10]);
		assert.doesNotMatch(JSON.stringify(told()), /secret/);
		assert.deepEqual(
			world.core.held().alerts.map(({ condition }) => condition),
			['failing', 'queueGrowing'],
		);
		world.endpoint.mood = 200;
		await world.advance(2 * HOUR, MINUTE);
		assert.deepEqual(kinds(), ['failing', 'queueGrowing', 'recovered']);
		assert.deepEqual(world.core.held().alerts, []);
		world.endpoint.mood = 'ENOTFOUND';
		await world.push(10);
		await world.advance(MINUTE);
		assert.equal(kinds().at(-1), 'failing', 'the next outage is told, too');
		assert.equal(told().at(-1)?.lastStatus, undefined);
	});

	it('are one for an outage, over restarts and of two processes', async () => {
		await hold();
		await world.attach();
		const other = world.process();
		await world.attach({}, { core: other });
		world.endpoint.mood = 503;
		await world.push(10);
		await world.push(10, other);
		await world.advance(10 * MINUTE, MINUTE);
		await world.core.close();
		world.core = world.process();
		await hold();
		await world.attach();
		await world.advance(2 * MINUTE, MINUTE);
		assert.deepEqual(kinds(), ['failing']);
		world.endpoint.mood = 200;
		await world.advance(10 * MINUTE, MINUTE);
		// Where processes share a store, one hears of what another one appends.
		world.core.claimDue();
		await world.advance(2_000);
		assert.deepEqual(kinds(), ['failing', 'recovered']);
		await other.close();
	});

	it('warn at 50, 70 and 90 % of the time, and say that it is over', async () => {
		await hold();
		await world.attach({ retry: { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 } });
		world.endpoint.mood = 500;
		for (let hour = 0; hour < 124; hour += 2) {
			await world.push(1);
			await world.advance(2 * HOUR, HOUR);
		}
		const own = told().filter(({ kind }) => kind.endsWith('sabled'));
		assert.deepEqual(
			own.map(({ kind, percent, action }) => [kind, percent, action]),
			[
				['willBeDisabled', 50, 'pause'],
				['willBeDisabled', 70, 'pause'],
				['willBeDisabled', 90, 'pause'],
				['disabled', undefined, 'pause'],
			],
		);
		world.endpoint.mood = 200;
		await resume({ store: world.store, claimDue: () => world.core.claimDue() }, ID);
		await world.advance(7 * HOUR, HOUR / 4);
		assert.deepEqual(world.core.held().alerts, []);
	});

	it('say that rows were put aside, which ones, and no more often than hourly while there are some', async () => {
		await hold();
		await world.attach({ conditions: { count: 3, time: '1s', size: '1MB' } });
		world.endpoint.mood = 404;
		await world.push(3);
		await world.advance(2_000);
		assert.deepEqual(kinds(), ['deadLetter']);
		const [first] = told();
		assert.deepEqual([first?.rowIds, first?.rows, first?.lastStatus], [[1, 2, 3], 3, 404]);
		await world.push(6);
		await world.advance(30 * MINUTE, MINUTE);
		const dead = () => told().filter(({ kind }) => kind === 'deadLetter');
		assert.equal(dead().length, 1);
		await world.advance(31 * MINUTE, MINUTE);
		assert.deepEqual([dead().length, dead()[1]?.rows], [2, 6]);
		const on = { store: world.store };
		await purge(on, ID, { what: 'dead', confirm: 'all' });
		await world.advance(MINUTE);
		await world.push(3);
		await world.advance(2_000);
		assert.equal(dead().length, 3, 'after they are gone it is told at once');
	});

	it('name of the rows that were put aside those alone, and why they were', async () => {
		await hold();
		await world.attach({ conditions: { count: 5, time: '1s', size: '1MB' } }, { send: 'row' });
		const { endpoint } = world;
		endpoint.before = () => void (endpoint.mood = endpoint.requests.length === 2 ? 400 : 200);
		await world.push(5);
		await world.advance(2_000);
		const [one] = told();
		assert.deepEqual(
			[one?.kind, one?.rowIds, one?.rows, one?.lastStatus],
			['deadLetter', [2], 1, 400],
		);
		assert.match(one?.message ?? '', /\(status 400\)/);
	});

	it('say of rows that no request was made for the error, and ids only where they have some', async () => {
		await hold();
		await world.attach({ columns: [{ type: 'path', name: 'a', path: 'a' }], output: 'record' });
		const payload = Buffer.from('{"a":');
		const row = { exportId: ID, eventId: 'e1', receivedAt: world.clock.now(), mappingRevision: 1 };
		await world.store.append({
			receiverId: 'items:n1',
			events: [{ rows: [{ ...row, payload, sizeBytes: payload.length }] }],
		});
		world.core.claimDue();
		await world.advance(2 * MINUTE, MINUTE);
		const dead = () => told().filter(({ kind }) => kind === 'deadLetter');
		assert.deepEqual(
			dead().map(({ rowIds, rows, lastCode }) => [rowIds, rows, lastCode]),
			[[[1], 1, 'ERR_STORE_CORRUPT']],
		);
		assert.match(dead()[0]?.message ?? '', /\(ERR_STORE_CORRUPT\)/);
		await world.detach();
		await world.attach({ columns: [BAD_COLUMN], output: 'record', onMappingError: 'dead' });
		await world.push(3);
		await world.core.close();
		world.core = world.process();
		await hold();
		await world.attach({ columns: [BAD_COLUMN], output: 'record', onMappingError: 'dead' });
		await world.advance(61 * MINUTE, MINUTE);
		assert.deepEqual(
			dead().map(({ rowIds, rows, lastCode }) => [rowIds, rows, lastCode]),
			[
				[[1], 1, 'ERR_STORE_CORRUPT'],
				[undefined, 3, 'ERR_TEMPLATE_RUNTIME'],
			],
		);
	});

	it('tell of a queue that grows once in an outage, also where all of it is in batches for a while', async () => {
		await hold();
		await world.attach({ retry: { delaysMs: Array(100).fill(6 * HOUR), jitter: 0 } });
		world.endpoint.mood = 503;
		for (let nth = 0; nth < 2; nth++) {
			await world.push(20);
			// A probe takes one of them every five minutes.
			await world.advance(3 * HOUR, MINUTE);
			assert.equal((await world.counters()).rows, 0);
		}
		const growing = () => kinds().filter((kind) => kind === 'queueGrowing').length;
		assert.equal(growing(), 1);
		world.endpoint.mood = 200;
		await world.advance(7 * HOUR, 5 * MINUTE);
		assert.deepEqual(world.core.held().alerts, []);
	});

	it('say that a destination works again only when something was taken, not when it was resumed', async () => {
		await hold();
		const retry = { delaysMs: Array(100).fill(10 * MINUTE), jitter: 0 };
		await world.attach({ retry, health: { giveUp: { afterMs: HOUR, action: 'pause' } } });
		world.endpoint.mood = 500;
		await world.push(1);
		await world.advance(65 * MINUTE, MINUTE);
		assert.equal((await world.counters()).state, 'PAUSED');
		const on = { store: world.store, claimDue: () => world.core.claimDue() };
		await resume(on, ID);
		await world.advance(2 * MINUTE, MINUTE);
		const ofHealth = () => kinds().filter((kind) => ['failing', 'recovered'].includes(kind));
		assert.deepEqual(ofHealth(), ['failing'], 'it still fails');
		world.endpoint.mood = 200;
		await world.advance(15 * MINUTE, MINUTE);
		assert.deepEqual(ofHealth(), ['failing', 'recovered']);
	});

	it('say that a receiver gets nothing, once, and that it gets events again', async () => {
		await hold();
		const attach = () =>
			world.core.attachReceiver(
				{ id: 'r1', auth: OPEN, inactiveAfterMs: 10 * MINUTE },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
		await attach();
		await world.core.accept('r1', aPush());
		await world.advance(9 * MINUTE, MINUTE);
		assert.deepEqual(kinds(), []);
		await world.advance(30 * MINUTE, MINUTE);
		assert.deepEqual(
			told().map(({ kind, receiverId, label }) => [kind, receiverId, label]),
			[['inactive', 'r1', HOLDER.label]],
		);
		assert.deepEqual(
			world.core.held().alerts.map(({ condition }) => condition),
			['inactive'],
		);
		await world.core.close();
		world.core = world.process();
		await hold();
		await attach();
		await world.advance(30 * MINUTE, MINUTE);
		assert.deepEqual(kinds(), ['inactive']);
		await world.core.accept('r1', aPush());
		await world.advance(2_000);
		assert.deepEqual(kinds(), ['inactive', 'activeAgain']);
		const other = world.process();
		const id = { id: 'r1', auth: OPEN, inactiveAfterMs: 10 * MINUTE };
		await other.attachReceiver(id, [{ config: anExportInput() }], HOLDER).ready;
		for (let minute = 0; minute < 60; minute += 5) {
			await other.accept('r1', aPush());
			await world.advance(5 * MINUTE, MINUTE);
		}
		assert.deepEqual(kinds(), ['inactive', 'activeAgain'], 'another process gets them');
		await other.close();
	});

	it('count from the last event before a restart, and from when a receiver was first watched', async () => {
		await hold();
		const attach = (id: string) =>
			world.core.attachReceiver(
				{ id, auth: OPEN, inactiveAfterMs: 60 * MINUTE },
				[{ config: anExportInput({ receiverId: id }) }],
				HOLDER,
			).ready;
		const restart = async () => {
			await world.core.close();
			world.core = world.process();
			await hold();
			await attach('r1');
			await attach('r2');
		};
		await attach('r1');
		await attach('r2');
		const since = world.clock.now();
		await world.advance(10 * MINUTE, MINUTE);
		await world.core.accept('r1', aPush());
		for (let minutes = 0; minutes < 40; minutes += 20) {
			await restart();
			await world.advance(20 * MINUTE, MINUTE);
		}
		assert.deepEqual(kinds(), []);
		await restart();
		await world.advance(11 * MINUTE, MINUTE);
		assert.deepEqual(
			told().map(({ receiverId, since: from }) => [receiverId, from]),
			[['r2', since]],
		);
		await world.advance(10 * MINUTE, MINUTE);
		assert.deepEqual(
			told().map(({ receiverId, since: from }) => [receiverId, from]),
			[
				['r2', since],
				['r1', since + 10 * MINUTE],
			],
		);
	});

	it('that could not be told are told a minute later', async () => {
		await hold();
		await world.attach();
		const { append } = world.store;
		world.store.append = async (request) => {
			if (request.receiverId === ALERTS_RECEIVER) throw new Error('no room');
			return append.call(world.store, request);
		};
		world.endpoint.mood = 503;
		await world.push(10);
		world.store.append = append;
		await world.advance(2 * MINUTE, MINUTE);
		assert.deepEqual(kinds(), ['failing']);
	});

	it('hold what an endpoint wrote only for who asks for it', async () => {
		const { endpoint } = world;
		const send = endpoint.send.bind(endpoint);
		endpoint.send = async (request) => ({
			...(await send(request)),
			headers: { 'content-type': ['text/plain'] },
			body: Buffer.from('no such sensor'),
		});
		await hold();
		const asking = new RecordingSink();
		await world.core.attachExport(
			{
				config: config({ withText: true, kinds: ['deadLetter'] }, 'asks'),
				ports: { sink: asking },
			},
			{ key: 'asks', label: 'asks' },
		).ready;
		await world.attach();
		endpoint.mood = 404;
		await world.push(12);
		await world.advance(2 * MINUTE, MINUTE);
		assert.deepEqual(kinds().toSorted(), ['deadLetter', 'failing']);
		assert.ok(told().every(({ text }) => text === undefined));
		const given = asking.batches.flatMap(({ records }) => records as { body: Alert }[]);
		assert.deepEqual(
			given.map(({ body }) => [body.kind, body.text]),
			[['deadLetter', 'no such sensor']],
		);
	});

	it('are of the exports that are named, and all the same of receivers and the store', () => {
		const named = { exports: ['main', 'items:n/a/b', 'Building 4'] };
		const wanted = (alert: Partial<Alert>) => isWanted({ kind: 'failing', ...alert }, named);
		assert.ok(wanted({ exportId: 'r1/main' }));
		assert.ok(wanted({ exportId: 'items:n/a/b' }));
		assert.ok(wanted({ exportId: 'r2/x', label: 'Building 4' }));
		assert.ok(!wanted({ exportId: 'r1/others', label: 'main 2' }));
		assert.ok(!wanted({ exportId: 'main/x' }), 'a receiver is no export');
		assert.ok(!wanted({ exportId: 'n/b' }), 'an id may hold a slash');
		assert.ok(wanted({ receiverId: 'r1' }));
		assert.ok(wanted({}));
		assert.ok(!isWanted({ kind: 'failing' }, { ...named, kinds: ['inactive'] }));
		assert.ok(isWanted({ kind: 'failing', exportId: 'r1/x' }));
	});

	it('are delivered by the names that their export has', async () => {
		await hold({ exports: ['elsewhere'] });
		await world.attach();
		world.endpoint.mood = 503;
		await world.push(30);
		await world.advance(10 * MINUTE, MINUTE);
		assert.deepEqual(kinds(), []);
		assert.deepEqual(world.core.held().alerts.length, 1);
	});

	it('go to log and snapshot while nobody holds them', async () => {
		await world.attach();
		world.endpoint.mood = 503;
		await world.push(10);
		await world.advance(MINUTE);
		assert.equal(lost('deliveries of "main"').length, 1);
		assert.equal(world.core.held().alerts[0]?.condition, 'failing');
	});

	it('wait for their holder, bounded, and drop their oldest', async () => {
		let isReady = false;
		Object.assign(sink, { isReady: () => isReady });
		await hold();
		await world.attach();
		const exportId = `${ALERTS_RECEIVER}/node`;
		const waiting = Array.from({ length: ALERTS.maxWaiting }, (_, n) =>
			createEvent({ body: { n }, receivedAt: world.clock.now() }),
		);
		await world.core.add(exportId, waiting);
		world.endpoint.mood = 503;
		await world.push(10);
		const counters = (await world.store.counters()).find((one) => one.exportId === exportId);
		assert.deepEqual([counters?.rows, counters?.purgedTotal, counters?.deadRows], [901, 100, 0]);
		isReady = true;
		world.core.claimDue();
		await world.advance(2_000);
		const got = told() as (Alert & { n?: number })[];
		assert.deepEqual([got.length, got[0]?.n, got.at(-1)?.kind], [901, 100, 'failing']);
	});

	it('of their own deliveries there are none', async () => {
		await hold();
		sink.next = (_batch, attempt) => {
			attempt.onRequest({ ok: false, durationMs: 1, status: 500 });
			return { kind: 'dead', error: new ConfigError('x', 'y') };
		};
		await world.attach();
		world.endpoint.mood = 503;
		await world.push(10);
		await world.advance(2 * HOUR, MINUTE);
		assert.ok(sink.batches.length >= 1 && sink.batches.length < 5);
		assert.ok(told().every(({ exportId }) => exportId === ID));
	});

	it('are told after a crash that came in between, once', async () => {
		await hold();
		await world.attach();
		const { append } = world.store;
		world.store.append = async (request) => {
			if (request.receiverId === ALERTS_RECEIVER) throw new Error('crash');
			return append.call(world.store, request);
		};
		world.endpoint.mood = 503;
		await world.push(10);
		assert.deepEqual(told(), []);
		world.store.append = append;
		await world.core.close();
		world.core = world.process();
		await hold();
		await world.attach();
		await world.advance(2 * MINUTE, MINUTE);
		assert.deepEqual(kinds(), ['failing']);
	});

	it('of the store leave from memory and the log', async () => {
		await hold();
		await world.attach();
		const { stats, append } = world.store;
		world.store.stats = async () => ({
			...(await stats.call(world.store)),
			warnings: ['appends are refused: the disk is full'],
		});
		world.store.append = () => Promise.reject(new Error('full'));
		const heard: unknown[] = [];
		const stop = onStoreAlert(world.core, { wanted: {}, by: 'early' }, (one) =>
			heard.push([one.kind, one.message, one.text]),
		);
		await world.advance(10 * MINUTE, MINUTE);
		stop();
		const alerts = world.notices.flatMap((one) => (one.kind === 'alert' ? one.alert.kind : []));
		assert.deepEqual(alerts, ['storeDegraded']);
		assert.deepEqual(heard, [
			['storeDegraded', 'the store warns: appends are refused: the disk is full', undefined],
		]);
		assert.equal(lost('the disk is full').length, 1);
		const later = (by: string): string[] => {
			const kinds: string[] = [];
			onStoreAlert(world.core, { wanted: {}, by }, ({ kind }) => kinds.push(kind))();
			return kinds;
		};
		// Who comes while it holds is told as well, and once, however often it comes again.
		assert.deepEqual(['late', 'late', 'early'].map(later), [['storeDegraded'], [], []]);
		assert.equal(world.core.held().alerts[0]?.condition, 'storeDegraded');
		Object.assign(world.store, { stats, append });
		await world.advance(MINUTE);
		assert.deepEqual(world.core.held().alerts, []);
		assert.deepEqual(later('after'), []);
	});

	it('of the store: nearly full by the disk or a quota, degraded by anything else', () => {
		const of = (stats: Partial<StoreStats>) => [
			...storeConditions({ warnings: [], ...stats } as StoreStats).keys(),
		];
		assert.deepEqual(of({ freeBytes: 400, minFreeBytes: 256 }), []);
		assert.deepEqual(of({ freeBytes: 300, minFreeBytes: 256 }), ['storeNearlyFull']);
		// What the store warns of then is the same.
		const measure = () => ({ freeBytes: 200, totalBytes: 1_000 });
		const guard = new FreeSpaceGuard({ minFreeBytes: 256, warn() {}, measure });
		guard.measure(0);
		const full = { freeBytes: 200, minFreeBytes: 256, warnings: [guard.refusal ?? ''] };
		assert.deepEqual(of(full), ['storeNearlyFull']);
		assert.deepEqual(of({ warnings: ['dead letters of receiver x take …'] }), ['storeNearlyFull']);
		assert.deepEqual(of({ warnings: ['gone'], ephemeral: 'gone' }), []);
		assert.deepEqual(of({ warnings: ['damage'] }), ['storeDegraded']);
		assert.deepEqual([...storeConditions(undefined).keys()], ['storeDegraded']);
	});

	it('are configured only where they go, by kinds that there are', () => {
		const parse = (alerts: object, receiverId: string) =>
			parseExportConfig({ id: 'a', receiverId, alerts });
		assert.throws(() => parse({}, 'r1'), /alerts/);
		assert.throws(() => parse({ kinds: ['failling'] }, ALERTS_RECEIVER), /alerts.kinds\[0\]/);
		for (const exports of [Array(101).fill('a'), 'main'])
			assert.throws(() => parse({ exports }, ALERTS_RECEIVER), /alerts.exports: .*at most 100/);
		for (const name of ['', 5])
			assert.throws(() => parse({ exports: ['a', name] }, ALERTS_RECEIVER), /alerts.exports\[1\]/);
		assert.deepEqual(parse({ kinds: ALERT_KINDS }, ALERTS_RECEIVER).alerts, { kinds: ALERT_KINDS });
	});
});
