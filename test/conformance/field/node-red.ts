import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import type { FieldChecks } from './field-case';

/** Cases that need a flow: each has a Node-RED of its own, over the built package. */
export const nodeRedChecks: FieldChecks = {
	P05: () =>
		inNodeRed(async (world, sink) => {
			const buffers = [aBuffer({ count: 3, time: '2s' })];
			await world.start({ flows: [TAB, aReceiver('r', { buffers }, ['fw']), forward(sink)] });
			const deep = `{"d":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;
			const answers: number[] = [];
			for (const body of ['{"good":1}', deep, '{"good":2}'])
				answers.push((await world.push('/in/r', body)).status);
			assert.deepEqual(answers, [200, 400, 200]);
			await eventually('the good rows', () => bodies(sink).length === 2, 20_000);
			assert.equal((await world.push('/in/r', '{"good":3}')).status, 200);
			await eventually('the later one', () => bodies(sink).length === 3, 20_000);
			assert.deepEqual(bodies(sink), [{ good: 1 }, { good: 2 }, { good: 3 }]);
		}),

	'P07-circ': () =>
		inNodeRed(async (world, sink) => {
			const buffers = [aBuffer({ ackTimeoutSeconds: 600, retryDelays: '1s' })];
			const func = `for (const row of msg.payload) if (row.body.bad) row.self = row; return msg;`;
			await world.start({
				flows: [
					TAB,
					aReceiver('r', { buffers }, ['fn']),
					node('function', 'fn', { func, outputs: 1 }, ['fw']),
					forward(sink),
				],
			});
			assert.equal((await world.push('/in/r', '{"bad":true}')).status, 200);
			assert.equal((await world.push('/in/r', '{"bad":false,"next":1}')).status, 200);
			// Well below the ack timeout, which is what the first batch would wait for otherwise.
			await eventually('the next batch', () => bodies(sink).length === 1, 30_000);
			assert.deepEqual(bodies(sink), [{ bad: false, next: 1 }]);
			const isNamed = (line: string): boolean =>
				/attempt 1 \(.+\): dead/.test(line) && line.includes('ERR_BODY_UNREADABLE');
			await eventually('the dead letter', () => world.log.some(isNamed), 30_000);
		}),
};

const forward = (sink: SinkServer): object =>
	node('sluice-forward', 'fw', { url: sink.url, headers: [], store: '' }, []);

const bodies = (sink: SinkServer): unknown[] =>
	sink.requests.flatMap(({ json }) => (json as { body: unknown }[]).map(({ body }) => body));

async function inNodeRed(
	check: (world: NodeRedWorld, sink: SinkServer) => Promise<void>,
): Promise<void> {
	const world = await NodeRedWorld.create();
	const sink = await startSinkServer();
	try {
		await check(world, sink);
	} finally {
		await world.close();
		await sink.close();
	}
}
