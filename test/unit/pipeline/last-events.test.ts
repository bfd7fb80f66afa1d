import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { LastEvents } from '../../../core/pipeline/last-events';

const MB = 1_048_576;
const event = (bytes: number) => createEvent({ body: new Uint8Array(bytes), receivedAt: 1 });

describe('the last events that are kept as samples', () => {
	it('are one of each, and none of a body that is part of a larger one', () => {
		const last = new LastEvents();
		const [first, second] = [event(1), event(2)];
		last.keep('a', first);
		last.keep('a', second);
		last.keep('b', undefined);
		const part = { ...event(0), body: new Uint8Array(new ArrayBuffer(MB + 1), 0, 4) };
		last.keep('a', part);
		assert.equal(last.of('a'), second);
		assert.equal(last.of('b'), undefined);
	});

	it('take 16 MiB in all: those that came longest ago go', () => {
		const last = new LastEvents();
		for (let i = 0; i < 16; i++) last.keep(String(i), event(MB));
		// Again, and so not the oldest any more.
		last.keep('0', event(MB));
		last.keep('x', event(1));
		const kept = ['0', '1', '2', '15', 'x'].filter((id) => last.of(id));
		assert.deepEqual(kept, ['0', '2', '15', 'x']);
	});

	it('are a thousand at most', () => {
		const last = new LastEvents();
		for (let i = 0; i <= 1_000; i++) last.keep(String(i), event(1));
		assert.deepEqual([last.of('0'), last.of('1') === undefined], [undefined, false]);
	});
});
