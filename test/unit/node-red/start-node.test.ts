import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { ConfigError } from '../../../core/errors';
import { startNode } from '../../../node-red/runtime/start-node';
import { settled } from '../../support/fake-clock';

type CloseHandler = (removed: boolean, done: () => void) => void;

class FakeNode {
	readonly statuses: { text?: string }[] = [];
	readonly errors: unknown[] = [];
	readonly warnings: unknown[] = [];
	closed = 0;
	#close: CloseHandler | undefined;

	on(event: string, handler: CloseHandler): void {
		if (event === 'close') this.#close = handler;
	}
	status(status: object): void {
		this.statuses.push(status);
	}
	error(error: unknown): void {
		this.errors.push(error);
	}
	warn(warning: unknown): void {
		this.warnings.push(warning);
	}
	async close(removed = false): Promise<void> {
		this.#close?.(removed, () => this.closed++);
		await settled();
	}
}

describe('a node that starts', () => {
	let node: FakeNode;
	beforeEach(() => {
		node = new FakeNode();
		mock.timers.enable({ apis: ['setTimeout'] });
	});
	afterEach(() => mock.timers.reset());

	it('gives back what it took when it closes, once, and hears whether it is gone', async () => {
		const given: unknown[] = [];
		startNode(node as never, (_status, onClose) => {
			onClose((removed) => void given.push(['first', removed]));
			onClose(async (removed) => void given.push(['second', removed]));
		});
		await node.close(true);
		assert.deepEqual(given, [
			['first', true],
			['second', true],
		]);
		assert.equal(node.closed, 1);
	});

	it('shows what is wrong, and gives back at once what it took before', async () => {
		let held = 0;
		startNode(node as never, (_status, onClose) => {
			held++;
			onClose(() => void held--);
			throw new ConfigError('count', 'a number');
		});
		await settled();
		assert.equal(held, 0);
		assert.match(String(node.errors), /ERR_CONFIG_INVALID: count/);
		assert.match(node.statuses.at(-1)?.text ?? '', /count/);
		await node.close();
		assert.deepEqual([held, node.closed], [0, 1]);
	});

	it('gives back the rest where one step fails, and tells of it', async () => {
		let held = 1;
		startNode(node as never, (_status, onClose) => {
			onClose(() => {
				throw new Error('of one step');
			});
			onClose(() => void held--);
		});
		await node.close();
		assert.deepEqual([held, node.closed], [0, 1]);
		assert.match(String(node.errors), /of one step/);
	});

	it('closes before Node-RED gives up on it, also where something does not end (R35)', async () => {
		let end: () => void = () => {};
		const ending = new Promise<void>((resolve) => (end = resolve));
		startNode(node as never, (_status, onClose) => onClose(() => ending));
		await node.close();
		assert.equal(node.closed, 0);
		mock.timers.tick(14_000);
		await settled();
		assert.equal(node.closed, 1);
		assert.match(String(node.warnings), /12 s/);
		end();
		await settled();
		assert.equal(node.closed, 1);
	});
});
