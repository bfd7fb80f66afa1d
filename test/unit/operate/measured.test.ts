import assert from 'node:assert/strict';
import type { Operable } from '../../../core/operate/operable';
import { listDeliveries } from '../../../core/operate/verbs/deliveries';
import { metrics } from '../../../core/operate/verbs/metrics';
import { runVerb } from '../../../core/operate/verbs';
import type { PipelineCore } from '../../../core/pipeline/pipeline';
import { HealthWorld, ID } from '../../support/health-world';

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`metrics and deliveries of one buffer, over a ${kind} store`, () => {
		let world: HealthWorld;
		beforeEach(async () => {
			world = await new HealthWorld().open(kind);
			await world.attach();
		});
		afterEach(() => world.close());

		const through = (core: PipelineCore): Operable => ({
			store: world.store,
			held: () => core.held(),
			keepMetrics: (exportId) => core.keepMetrics(exportId),
		});
		const measure = (on = through(world.core)) => metrics(on, ID, world);
		const list = (limit?: number, on = through(world.core)) => listDeliveries(on, ID, { limit });

		it('are those of this very moment, as the Data Connector says them and as people ask (D51, D74)', async () => {
			const fresh = await measure();
			assert.deepEqual(
				[fresh.successCount, fresh.errorCount, fresh.latency99p, fresh.latencyMs],
				[0, 0, '0s', undefined],
			);
			await world.push(2);
			const takenAt = world.clock.now();
			await world.advance(1_000);
			world.endpoint.mood = 503;
			await world.push(1);
			const { successCount, errorCount, attempts, latencyMs, latency99p, ...m } = await measure();
			assert.deepEqual([successCount, errorCount, attempts], [2, 1, 3]);
			assert.match(latency99p, /^(0\.\d{3}|1)s$/);
			assert.ok(latencyMs && latencyMs.p50 <= latencyMs.p95 && latencyMs.p95 <= latencyMs.p99);
			assert.equal(m.lastSuccessAt, takenAt);
			assert.deepEqual(
				[m.lastError?.status, m.lastError?.error?.code, m.lastError?.at],
				[503, 'ERR_SINK_UNAVAILABLE', world.clock.now()],
			);
			assert.deepEqual([m.retrying.rows, m.waiting, m.state], [1, { rows: 0, bytes: 0 }, 'ACTIVE']);
		});

		it('say how much waits and how old the oldest is, also while it is paused', async () => {
			await world.store.setState(ID, 'PAUSED');
			await world.push(3);
			await world.advance(90_000);
			await world.push(1);
			const { waiting, state } = await measure();
			assert.deepEqual([waiting.rows, waiting.oldestAgeMs, state], [4, 90_000, 'PAUSED']);
			assert.equal(waiting.oldestAt, world.clock.now() - 90_000);
		});

		it('say how old the oldest row is that is tried again, too', async () => {
			world.endpoint.mood = 503;
			await world.push(1);
			assert.equal((await measure()).retrying.oldestAgeMs, 0);
			await world.advance(500);
			await world.push(1);
			const { retrying, waiting } = await measure();
			const oldestAt = world.clock.now() - 500;
			assert.deepEqual(
				[retrying.rows, retrying.oldestAgeMs, retrying.oldestAt, waiting],
				[2, 500, oldestAt, { rows: 0, bytes: 0 }],
			);
		});

		it('list the newest first: what became of each request, how many rows it had, and why not', async () => {
			await world.detach();
			await world.attach({ conditions: { count: 3, time: '10s', size: '1MB' } });
			await world.push(3);
			await world.advance(1_000);
			world.endpoint.mood = 404;
			await world.push(3);
			await world.advance(1_000);
			world.endpoint.mood = 'ECONNREFUSED';
			await world.push(3);
			const { deliveries, destination } = await list();
			assert.deepEqual(
				deliveries.map(({ ok, status, rows, error }) => [ok, status, rows, error?.message]),
				[
					[false, undefined, 3, 'request failed: ECONNREFUSED'],
					[false, 404, 3, 'the receiver answered 404'],
					[true, 200, 3, undefined],
				],
			);
			assert.ok(deliveries.every(({ durationMs, attempt }) => durationMs >= 0 && attempt === 1));
			assert.equal(destination, 'https://endpoint.test/in?key=***');
			assert.deepEqual((await list(2)).deliveries, deliveries.slice(0, 2));
		});

		it('a row in a request of its own counts as one', async () => {
			await world.detach();
			const conditions = { count: 3, time: '10s', size: '1MB' };
			await world.attach({ conditions }, { send: 'row' });
			await world.push(3);
			assert.deepEqual(
				(await list()).deliveries.map(({ rows }) => rows),
				[1, 1, 1],
			);
		});

		it('are kept over a restart: 50 of them, and no more', async () => {
			await world.push(1);
			const [first] = (await list()).deliveries;
			await world.core.close();
			world.core = world.process();
			assert.deepEqual((await list()).deliveries, [first], 'also before it is attached');
			assert.equal((await measure()).successCount, 1);
			await world.attach();
			await world.advance(1_000);
			for (let i = 0; i < 60; i++) {
				await world.push(1);
				await world.advance(10);
			}
			const { deliveries } = await list();
			assert.equal(deliveries.length, 50);
			assert.ok(deliveries.every(({ at }, i) => i === 0 || at <= (deliveries[i - 1]?.at ?? 0)));
			assert.equal((await measure()).successCount, 61);
		});

		it('of a store alone are what was kept', async () => {
			await world.push(2);
			await world.advance(10_000);
			const on = { store: world.store };
			assert.equal((await measure(on)).successCount, 2);
			const { deliveries, destination } = await list(undefined, on);
			assert.deepEqual([deliveries.length, destination], [2, 'https://endpoint.test/in?key=***']);
		});

		it('refuse a buffer that there is none of, and a limit out of bounds', async () => {
			const on = through(world.core);
			for (const verb of ['metrics', 'deliveries']) {
				const unknown = runVerb(on, verb, { exportId: 'items:n1/none' });
				await assert.rejects(unknown, { code: 'ERR_EXPORT_UNKNOWN' });
				await assert.rejects(runVerb(on, verb, {}), { code: 'ERR_CONFIG_INVALID' });
			}
			const refused = runVerb(on, 'deliveries', { exportId: ID, limit: 0 });
			await assert.rejects(refused, { code: 'ERR_CONFIG_INVALID', message: /^limit/ });
			const more = runVerb(on, 'metrics', { exportId: ID, limit: 1 });
			await assert.rejects(more, { code: 'ERR_CONFIG_INVALID', message: /no such argument/ });
		});

		it('a definition that cannot be read keeps nobody from seeing what was delivered', async () => {
			await world.push(1);
			const { documents } = world.store;
			await documents.put('definitions.exports', ID, { format: 99 });
			const { deliveries, destination } = await list();
			assert.deepEqual([deliveries.length, destination], [1, undefined]);
		});
	});
}
