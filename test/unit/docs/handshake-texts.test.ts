import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ANSWER_BODIES } from '../../../core/pure/answer-bodies';
import { HANDSHAKE_KINDS } from '../../../core/pure/handshake-kinds';
import { optionsParameter } from '../../../nodes/SluiceTrigger/description/options';
import { handshakeParameter } from '../../../nodes/SluiceTrigger/description/handshake';

const read = (file: string): string => readFileSync(path.join(__dirname, '../../..', file), 'utf8');

describe('the texts of handshakes and answers', () => {
	it('are there for each kind in Node-RED, and no others', () => {
		const { handshake } = JSON.parse(read('node-red/editor/locales/en-US.json')) as {
			handshake: Record<string, string>;
		};
		assert.deepEqual(Object.keys(handshake), ['none', ...HANDSHAKE_KINDS]);
	});

	it('are there for each kind in n8n, in the order of the alphabet', () => {
		const options = (handshakeParameter.options ?? []) as { name: string; value: string }[];
		const values = options.map(({ value }) => value);
		assert.deepEqual([...values].sort(), ['none', ...HANDSHAKE_KINDS].sort());
		const names = options.map(({ name }) => name);
		assert.deepEqual(
			names,
			names.toSorted((a, b) => a.localeCompare(b)),
		);
	});

	it('offer each body of an answer in both hosts', () => {
		const dialog = read('node-red/sluice-receiver/sluice-receiver.html');
		const [, select = ''] =
			/<select id="node-input-answerBody">(.*?)<\/select>/s.exec(dialog) ?? [];
		const inNodeRed = [...select.matchAll(/value="(\w+)"/g)].map(([, value]) => value);
		assert.deepEqual(inNodeRed, [...ANSWER_BODIES]);
		const options = (optionsParameter.options ?? []) as { name: string; options?: object[] }[];
		const inN8n = options.find(({ name }) => name === 'answerBody')?.options as { value: string }[];
		assert.deepEqual(inN8n.map(({ value }) => value).sort(), [...ANSWER_BODIES].sort());
	});
});
