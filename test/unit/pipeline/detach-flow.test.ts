import assert from 'node:assert/strict';
import { createFlowSink, type FlowBatch } from '../../../core/sink/flow';
import { settleToken } from '../../../core/sink/flow-token';
import { settled } from '../../support/fake-clock';
import { aPush, anExportInput, HOLDER, OPEN, pipelineWorld } from '../../support/pipeline-fixtures';

describe('detach with a batch in a flow that goes on', () => {
	/** A receiver one of whose batches is under way, detached just now. */
	const detachUnderWay = async () => {
		const world = await pipelineWorld();
		const emitted: FlowBatch[] = [];
		const sink = createFlowSink({
			emit: (batch) => void emitted.push(batch),
			doneWhen: () => 'acked',
			graceMs: 4_000,
			clock: world.clock,
		});
		const conditions = { count: 1, time: '10s', size: '1MB' };
		const attach = () =>
			world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput({ conditions }), ports: { sink } }],
				HOLDER,
			);
		const first = attach();
		await first.ready;
		await world.pipeline.accept('r1', aPush());
		await settled();
		assert.equal(emitted.length, 1);
		const detached = first.detach();
		await settled();
		return { world, emitted, attach, detached, token: emitted[0]?.token ?? '' };
	};

	it('takes a settlement that comes a moment later: the batch does not come twice', async () => {
		const { world, emitted, attach, detached, token } = await detachUnderWay();
		await world.clock.advance(3_000);
		assert.equal(settleToken(token, { kind: 'ack' }), true);
		await detached;
		await attach().ready;
		await settled();
		assert.equal(emitted.length, 1);
		const [counters] = await world.store.counters();
		assert.deepEqual([counters?.ackedTotal, counters?.openRows], [1, 0]);
		await world.close();
	});

	it('gives the batch back when none comes, and the attempt does not count', async () => {
		const { world, emitted, attach, detached, token } = await detachUnderWay();
		await world.clock.advance(4_000);
		await detached;
		assert.equal(settleToken(token, { kind: 'ack' }), false, 'too late');
		await attach().ready;
		await settled();
		assert.deepEqual(
			emitted.map(({ attempt }) => attempt),
			[1, 1],
		);
		settleToken(emitted[1]?.token ?? '', { kind: 'ack' });
		await settled();
		await world.close();
	});
});
