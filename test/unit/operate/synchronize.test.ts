import assert from 'node:assert/strict';
import { takeSnapshot } from '../../../core/operate/snapshot';
import { runVerb } from '../../../core/operate/verbs';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';
import { OperateWorld } from './world';

/** As a Data Connector sends it. */
const reading = (eventId: string, device: string, type: string, minute: number) => ({
	event: {
		eventId,
		targetName: `projects/p/devices/${device}`,
		eventType: type,
		data: {},
		timestamp: `2026-01-01T00:0${minute}:00Z`,
	},
	labels: { room: device },
	metadata: { deviceId: device },
});

for (const kind of ['memory', 'sqlite'] as const) {
	describe(`synchronize over a ${kind} store`, () => {
		let world: OperateWorld;
		beforeEach(async () => {
			world = await OperateWorld.open(kind);
			await receiver('r1', {}).ready;
			for (const event of [
				reading('e1', 'd1', 'temperature', 1),
				reading('e2', 'd1', 'temperature', 3),
				reading('e3', 'd1', 'touch', 1),
				reading('e4', 'd2', 'temperature', 2),
				reading('late', 'd1', 'temperature', 2),
			]) {
				const push = aPush({ body: Buffer.from(JSON.stringify(event)) });
				assert.equal((await world.pipeline.accept('r1', push)).status, 200);
			}
		});
		afterEach(() => world.close());

		const receiver = (id: string, more: object) =>
			world.pipeline.attachReceiver(
				{ id, auth: OPEN, latest: {}, typePath: 'event.eventType', ...more },
				[{ config: anExportInput({ receiverId: id }) }],
				HOLDER,
			);
		const synchronize = (exportId: string) => runVerb(world.pipeline, 'synchronize', { exportId });
		const ofProject = async (more: object = {}) => {
			const { sink, detach } = await world.attach('connector', {
				receiverId: 'project:default',
				id: 'connector',
				conditions: { count: 1, time: '1s', size: '5MB' },
				...more,
			});
			return { exportId: 'project:default/connector', sink, detach };
		};
		const idsOf = (sink: RecordingSink) =>
			sink.batches
				.flatMap(({ records }) => records as { body: { event: { eventId: string } } }[])
				.map(({ body }) => body.event.eventId)
				.toSorted();

		it('delivers the latest of each type of each device, also to a buffer that is newer than they (D55)', async () => {
			const { exportId, sink } = await ofProject();
			assert.deepEqual(await synchronize(exportId), { exportId, events: 3 });
			await eventually('all', () => idsOf(sink).length === 3);
			assert.deepEqual(idsOf(sink), ['e2', 'e3', 'e4']);
			// Once more, once more: an endpoint that asks for them twice gets them twice.
			await synchronize(exportId);
			await eventually('again', () => idsOf(sink).length === 6);
		});

		it('goes through filter and mapping, and counts what the filter leaves out (D55)', async () => {
			const { exportId, sink } = await ofProject({
				filter: { types: ['touch'] },
				columns: [{ type: 'path', name: 'id', path: 'event.eventId' }],
				output: 'record',
			});
			assert.deepEqual(await synchronize(exportId), { exportId, events: 3 });
			await eventually('one', () => sink.batches.length === 1);
			assert.deepEqual(sink.batches[0]?.records, [{ id: 'e3' }]);
			const { exports } = await takeSnapshot(world.pipeline);
			assert.equal(exports.find((one) => one.exportId === exportId)?.leftOut, 2);
		});

		it('waits where the buffer is paused, and puts nothing where it is disabled (D55)', async () => {
			const { exportId, sink } = await ofProject();
			await runVerb(world.pipeline, 'pause', { exportId });
			assert.deepEqual(await synchronize(exportId), { exportId, events: 3 });
			assert.equal((await world.counters(exportId)).rows, 3);
			await runVerb(world.pipeline, 'disable', { exportId, confirm: 'all' });
			const before = (await world.counters(exportId)).droppedTotal;
			assert.deepEqual(await synchronize(exportId), { exportId, events: 0 });
			assert.equal((await world.counters(exportId)).droppedTotal, before);
			assert.deepEqual(sink.batches, []);
		});

		it('puts them into a buffer that nobody holds here, for whoever attaches it', async () => {
			const { exportId, detach } = await ofProject();
			await detach();
			assert.deepEqual(await synchronize(exportId), { exportId, events: 3 });
			assert.equal((await world.counters(exportId)).rows, 3);
		});

		it('asks the receivers of the project alone, and refuses where none keeps anything', async () => {
			await receiver('r2', { project: 'other' }).ready;
			const other = reading('e9', 'd9', 'temperature', 1);
			await world.pipeline.accept('r2', aPush({ body: Buffer.from(JSON.stringify(other)) }));
			const { sink } = await ofProject({ receiverId: 'project:other' });
			assert.deepEqual(await synchronize('project:other/connector'), {
				exportId: 'project:other/connector',
				events: 1,
			});
			await eventually('one', () => idsOf(sink).join() === 'e9');
			assert.deepEqual(await synchronize('r1/main'), { exportId: 'r1/main', events: 3 });
			await receiver('r3', { latest: undefined }).ready;
			const flow = await world.attach('flow');
			for (const without of ['r3/main', flow.exportId]) {
				await assert.rejects(async () => synchronize(without), {
					code: 'ERR_CONFIG_INVALID',
					message: /keeps the latest event of each device/,
				});
			}
			await assert.rejects(async () => synchronize('r1/none'), { code: 'ERR_EXPORT_UNKNOWN' });
		});
	});
}
