import assert from 'node:assert/strict';
import { decodeEvent, encodeEvent } from '../../../../core/event/codec';
import { parseReceiverConfig } from '../../../../core/pipeline/parse-receiver';
import { takeIn } from '../../../../core/receiver/intake/intake';
import { prepareReceiver } from '../../../../core/receiver/intake/prepare';
import { aPush, OPEN } from '../../../support/pipeline-fixtures';

/** Where Node puts small buffers: the body is a part of a larger one. */
function inAPool(text: string): Buffer {
	const pool = Buffer.from(`before${text}behind`);
	return pool.subarray(6, pool.length - 6);
}

describe('takeIn', () => {
	for (const [split, text, parts] of [
		['one', '{"a":1}', ['{"a":1}']],
		['array', '[{"a":1},2]', ['{"a":1}', '2']],
		['ndjson', '{"a":1}\n2\n', ['{"a":1}', '2']],
		['csv', 'a\n1\n2\n', ['{"a":"1"}', '{"a":"2"}']],
	] as const) {
		it(`gives events by ${split} whose bodies are plain views, so that they equal what the store gives back`, async () => {
			const receiver = prepareReceiver(parseReceiverConfig({ id: 'r1', auth: OPEN, split }));
			const ports = { now: () => 1_000, newId: () => 'e1' };
			const taken = await takeIn(aPush({ body: inAPool(text) }), receiver, ports);
			assert.deepEqual(
				taken.map(({ event: { body } }) => Buffer.from(body).toString()),
				parts,
			);
			for (const { event } of taken) {
				assert.equal(Object.getPrototypeOf(event.body), Uint8Array.prototype);
				assert.deepEqual(decodeEvent(encodeEvent(event)), event);
			}
		});
	}
});
