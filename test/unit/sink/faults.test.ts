import assert from 'node:assert/strict';
import type { Outcome } from '../../../core/buffer/store';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import type { RequestReport } from '../../../core/sink/sink';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { FAULTS, startFaultyServer, type FaultyServer } from '../../support/faults';

const KINDS = { taken: 'ack', again: 'retry', refused: 'dead' } as const satisfies Record<
	string,
	Outcome['kind']
>;
const SMALL = fakeBatch({ payloads: [Buffer.from('{"a":1}')] });
/** More than both sides of a connection hold for a reader that is slow. */
const LARGE = fakeBatch({ payloads: [Buffer.from(JSON.stringify('x'.repeat(16_000_000)))] });

describe('a push to an endpoint that', () => {
	let server: FaultyServer | undefined;
	afterEach(() => server?.close());

	for (const fault of FAULTS) {
		const { name, becomes, code, status } = fault;
		it(`${name} is ${becomes}, and the next one goes through`, async () => {
			server = await startFaultyServer(fault);
			const sink = createHttpSink({ url: `${server.url}?key=hunter2`, timeoutMs: 300 });
			const told: RequestReport[] = [];
			const attempt = fakeAttempt({ onRequest: (one) => told.push(one) });
			const outcome = await sink.deliver(fault.large ? LARGE : SMALL, attempt);
			assert.equal(outcome.kind, KINDS[becomes]);
			if (code !== undefined) assert.equal('error' in outcome && outcome.error.code, code);
			if (status !== undefined) assert.equal('answer' in outcome && outcome.answer?.status, status);
			if ('error' in outcome) {
				assert.equal(outcome.error.retryable, becomes === 'again');
				const said = `${outcome.error.stack} ${JSON.stringify(outcome)}`;
				assert.equal(/hunter2|127\.0\.0/.test(said), false);
			}
			assert.deepEqual(
				told.map(({ ok }) => ok),
				[becomes === 'taken'],
			);
			const requests = server.requests.length;
			server.heal();
			let tries = 1;
			while ((await sink.deliver(SMALL, attempt)).kind !== 'ack') assert.ok(tries++ < 10);
			if (!fault.isUnsure)
				assert.equal(server.requests.length, requests + tries, 'each was sent once');
			if (fault.keeps) assert.equal(server.sockets.length, 1);
			await sink.close?.();
		});
	}

	it('packs its answer shows nothing of it', async () => {
		for (const fault of FAULTS.filter(({ name }) => name.startsWith('packs'))) {
			server = await startFaultyServer(fault);
			const sink = createHttpSink({ url: server.url });
			const outcome = await sink.deliver(SMALL, fakeAttempt());
			assert.equal('answer' in outcome && outcome.answer?.text, undefined);
			await sink.close?.();
			await server.close();
			server = undefined;
		}
	});
});
