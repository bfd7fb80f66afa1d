import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { createStatusLine, type Shown } from '../../../node-red/runtime/status';
import { eventually } from '../../support/eventually';

const green = (text: string): Shown => ({ fill: 'green', shape: 'dot', text });

describe('the status line of a node', () => {
	it('tells the text of a busy node only when it is sent, and then the latest', async () => {
		const sent: string[] = [];
		let told = 0;
		const line = createStatusLine({
			status: ({ text }: Shown) => sent.push(text),
		} as never as Node);
		for (let n = 0; n < 1_000; n++) {
			line.showLatest(() => {
				told += 1;
				return green(`${n} waiting`);
			});
		}
		await eventually('the second status', () => sent.length === 2);
		line.close();
		assert.deepEqual(sent.slice(0, 2), ['0 waiting', '999 waiting']);
		assert.equal(told, 2);
	});

	it('sends the same text once, and shortens a long one', async () => {
		const sent: string[] = [];
		const line = createStatusLine({
			status: ({ text }: Shown) => sent.push(text),
		} as never as Node);
		line.show('green', 'dot', 'ready');
		line.showLatest(() => green('ready'));
		line.show('red', 'dot', 'x'.repeat(100));
		await eventually('the second status', () => sent.length > 1);
		line.close();
		assert.deepEqual(sent.slice(0, 2), ['ready', `${'x'.repeat(79)}…`]);
	});

	it('sends nothing after it was closed', async () => {
		const sent: (string | undefined)[] = [];
		const line = createStatusLine({
			status: ({ text }: Shown) => sent.push(text),
		} as never as Node);
		line.show('green', 'dot', 'first');
		line.show('green', 'dot', 'second');
		line.close();
		await new Promise((resolve) => setTimeout(resolve, 600));
		assert.deepEqual(sent, ['first', undefined]);
	});
});
