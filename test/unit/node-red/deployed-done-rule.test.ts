import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { WiredNode } from '../../../node-red/runtime/reachability';
import {
	deployedDoneRule,
	faultText,
	type DeployedDoneRule,
} from '../../../node-red/runtime/deployed-done-rule';

const wired: WiredNode[] = [
	{ id: 'tab', type: 'tab' },
	{ id: 'r', type: 'sluice-receiver', z: 'tab', wires: [['ack']] },
	{ id: 'ack', type: 'sluice-ack', z: 'tab', wires: [] },
];

class FakeRed {
	readonly events = new EventEmitter();
	readonly errors: unknown[] = [];
	readonly log = { error: (line: unknown) => this.errors.push(line) };
	deployed = wired;
	/** Nodes that are there and run. */
	running: readonly string[] = ['r', 'ack'];
	readonly nodes = {
		eachNode: (f: (node: WiredNode) => void) => this.deployed.forEach(f),
		getNode: (id: string) => (this.running.includes(id) ? { id } : null),
	};

	start(): void {
		this.events.emit('flows:started');
	}

	rule(o: { onChange?: () => void; onReady?: () => void; node?: object } = {}): DeployedDoneRule {
		const { onChange = () => {}, onReady = () => {}, node = { id: 'r' } } = o;
		return deployedDoneRule(this as never, node as never, 0, { done: 'auto', onChange, onReady });
	}
}

describe('the rules of when batches are done', () => {
	let red: FakeRed;
	beforeEach(() => (red = new FakeRed()));

	it('share one listener, however many buffers there are, and leave none behind', () => {
		const rules = Array.from({ length: 30 }, () => red.rule());
		assert.equal(red.events.listenerCount('flows:started'), 1);
		red.start();
		assert.deepEqual(new Set(rules.map((rule) => rule.when())), new Set(['acked']));
		for (const rule of rules) rule.close();
		for (const name of red.events.eventNames()) assert.equal(red.events.listenerCount(name), 0);
	});

	it('are decided anew at each deploy until they are closed', () => {
		let changes = 0;
		const closed = red.rule({ onChange: () => changes++ });
		const rule = red.rule({ onChange: () => changes++ });
		red.start();
		closed.close();
		closed.close();
		red.start();
		assert.equal(changes, 3);
		rule.close();
	});

	it('keep everything until the nodes of a deploy have started, then let it go', () => {
		let ready = 0;
		const rule = red.rule({ onReady: () => ready++ });
		assert.equal(rule.when(), 'kept');
		red.start();
		assert.deepEqual([rule.when(), ready], ['acked', 1]);
		red.start();
		assert.equal(ready, 1);
		red.events.emit('flows:stopping');
		assert.equal(rule.when(), 'kept');
		red.start();
		assert.deepEqual([rule.when(), ready], ['acked', 2]);
		rule.close();
	});

	it('keep the events of a settling node that is not there or could not be started', () => {
		const rule = red.rule();
		red.running = ['r'];
		red.start();
		assert.deepEqual([rule.when(), rule.fault()], ['kept', 'notRunning']);
		rule.close();
	});

	it('know a node in a subflow by its path', () => {
		red.deployed = [
			{ id: 'tab', type: 'tab' },
			{ id: 'def', type: 'subflow', out: [{ wires: [{ id: 'r', port: 0 }] }] },
			{ id: 'r', type: 'sluice-receiver', z: 'def', wires: [[]] },
			{ id: 'one', type: 'subflow:def', z: 'tab', wires: [['ack']] },
			{ id: 'two', type: 'subflow:def', z: 'tab', wires: [[]] },
			{ id: 'ack', type: 'sluice-ack', z: 'tab', wires: [] },
		];
		red.running = ['one', 'two', 'ack'];
		const inside = (instance: string): DeployedDoneRule =>
			red.rule({
				node: { id: `${instance}-r`, _alias: 'r', _path: `tab/${instance}/r` },
			});
		const [one, two] = [inside('one'), inside('two')];
		red.start();
		assert.deepEqual([one.when(), two.when()], ['acked', 'kept']);
		one.close();
		two.close();
	});

	it('are decided for each node, also where another one fails, and no failure leaves a deploy', () => {
		const failing = red.rule({
			onChange: () => {
				throw new Error('of one node');
			},
		});
		const rule = red.rule();
		red.start();
		assert.equal(rule.when(), 'acked');
		assert.match(String(red.errors), /of one node/);
		failing.close();
		rule.close();
	});

	it('name the buffer whose wires are at fault where a node has several', () => {
		const translate = (key: string, parameters: object = {}): string =>
			[key, ...Object.values(parameters)].join(' ');
		assert.equal(faultText(translate, [undefined]), undefined);
		assert.equal(faultText(translate, ['unwired'], ['a']), 'wiring.unwired');
		assert.equal(
			faultText(translate, [undefined, 'unwired'], ['a', 'b']),
			'status.ofBuffer b wiring.unwired',
		);
	});
});
