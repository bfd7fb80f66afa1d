import { createSink } from '../../core/sink/create-sink';
import { startHttpReceiver } from '../support/http-receiver';
import { sinkSuite, type SinkFixture } from './sink-suite';

async function start(send: 'batch' | 'row', concurrency?: number): Promise<SinkFixture> {
	let how: 'take' | 'refuse' | 'fail' | 'hang' = 'take';
	const receiver = await startHttpReceiver((_request, response) => {
		if (how !== 'hang') response.writeHead({ take: 200, refuse: 400, fail: 503 }[how]).end();
	});
	return {
		sink: createSink({ kind: 'http', url: receiver.url, timeoutMs: 1_000, send, concurrency }),
		// Requests that are under way together arrive in any order.
		taken: () => {
			const bodies = receiver.received.map(({ body }) => body.toString());
			if (concurrency !== undefined) bodies.sort();
			return bodies.flatMap((body) => JSON.parse(body) as unknown);
		},
		behave(next) {
			how = next;
		},
		close: () => receiver.close(),
	};
}

sinkSuite('HTTP sink, batch by batch', () => start('batch'));
sinkSuite('HTTP sink, row by row', () => start('row'));
sinkSuite('HTTP sink, several rows at once', () => start('row', 8));
