import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { doneRule } from '../../../node-red/runtime/settles';

const wired = [
	{ id: 'r', type: 'sluice-receiver', wires: [['ack']] },
	{ id: 'ack', type: 'sluice-ack', wires: [] },
];

function fakeRed() {
	const errors: unknown[] = [];
	const events = new EventEmitter();
	const red = {
		events,
		log: { error: (line: unknown) => errors.push(line) },
		nodes: { eachNode: (f: (node: object) => void) => wired.forEach(f) },
	};
	return { red: red as never, events, errors };
}

const receiver = { id: 'r' } as never;
const unheard = (): void => {};

describe('the rules of when batches are done', () => {
	it('share one listener, however many buffers there are, and leave none behind', () => {
		const { red, events } = fakeRed();
		const rules = Array.from({ length: 30 }, () => doneRule(red, receiver, 0, 'auto', unheard));
		assert.equal(events.listenerCount('flows:started'), 1);
		events.emit('flows:started');
		assert.deepEqual(new Set(rules.map((rule) => rule.when())), new Set(['acked']));
		for (const rule of rules) rule.close();
		assert.equal(events.listenerCount('flows:started'), 0);
	});

	it('are decided anew at each deploy until they are closed', () => {
		const { red, events } = fakeRed();
		let changes = 0;
		const closed = doneRule(red, receiver, 0, 'auto', () => changes++);
		const rule = doneRule(red, receiver, 0, 'auto', () => changes++);
		events.emit('flows:started');
		closed.close();
		closed.close();
		events.emit('flows:started');
		assert.equal(changes, 3);
		rule.close();
	});

	it('are decided for each node, also where another one fails, and no failure leaves a deploy', () => {
		const { red, events, errors } = fakeRed();
		const failing = doneRule(red, receiver, 0, 'auto', () => {
			throw new Error('of one node');
		});
		const rule = doneRule(red, receiver, 0, 'auto', unheard);
		events.emit('flows:started');
		assert.equal(rule.when(), 'acked');
		assert.match(String(errors), /of one node/);
		failing.close();
		rule.close();
	});
});
