import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI } from 'node-red';
import type { Outcome } from '../../../core/buffer/store';
import type { RequestReport } from '../../../core/sink/sink';
import { createFlowSink } from '../../../core/sink/flow';
import { startAck, type AckNodeConfig } from '../../../node-red/sluice-ack/controller';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

/** What becomes of a batch of one row whose message comes to an ack node as `more` has made it. */
async function settledBy(
	mode: AckNodeConfig['mode'],
	more: object,
): Promise<{ readonly outcome: Outcome; readonly requests: readonly RequestReport[] }> {
	const node = Object.assign(new EventEmitter(), { status() {} });
	const RED = { _: (key: string) => key } as unknown as NodeAPI;
	startAck(RED, node as unknown as Node, { mode } as AckNodeConfig);
	const emit = ({ token }: { token?: string }): void => {
		node.emit(
			'input',
			{ sluice: { token, count: 1 }, ...more },
			() => {},
			() => {},
		);
	};
	const requests: RequestReport[] = [];
	const attempt = fakeAttempt({ onRequest: (request) => requests.push(request) });
	const batch = fakeBatch({ payloads: [Buffer.from('1')] });
	const outcome = await createFlowSink({ doneWhen: () => 'acked', emit }).deliver(batch, attempt);
	node.emit('close');
	return { outcome, requests };
}

describe('sluice ack', () => {
	const cases: [mode: AckNodeConfig['mode'], more: object, kind: string, isUnreached: boolean][] = [
		['auto', {}, 'ack', false],
		['auto', { statusCode: 204 }, 'ack', false],
		['auto', { statusCode: 500 }, 'retry', false],
		['auto', { statusCode: 502 }, 'retry', true],
		['auto', { statusCode: 'ECONNREFUSED' }, 'retry', true],
		['auto', { statusCode: '500' }, 'retry', false],
		['auto', { error: { message: 'no' } }, 'retry', false],
		['retry', { statusCode: 'ETIMEDOUT' }, 'retry', true],
		['ack', { statusCode: 'ECONNREFUSED' }, 'ack', false],
		['dead', { statusCode: 503 }, 'dead', false],
	];
	for (const [mode, more, kind, isUnreached] of cases) {
		it(`${mode}, ${JSON.stringify(more)}: ${kind}${isUnreached ? ', and nobody was reached' : ''}`, async () => {
			const { outcome, requests } = await settledBy(mode, more);
			assert.equal(outcome.kind, kind);
			assert.deepEqual(
				requests.map(({ ok, unreachable = false }) => [ok, unreachable]),
				[[kind === 'ack', isUnreached]],
			);
		});
	}
});
