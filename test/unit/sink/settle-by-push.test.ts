import assert from 'node:assert/strict';
import { DeliveryError } from '../../../core/errors';
import { createFlowSink } from '../../../core/sink/flow';
import { settleToken, tokenState } from '../../../core/sink/flow-token';
import { createHttpTarget } from '../../../core/sink/http/http-target';
import { settleByPush } from '../../../core/sink/settle-by-push';
import type { RequestReport } from '../../../core/sink/sink';
import { EndpointTransport } from '../../support/endpoint-transport';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';

describe('settleByPush: a batch of the flow that is delivered by a request', () => {
	const endpoint = new EndpointTransport();
	const target = createHttpTarget({ url: 'https://endpoint.test/' }, { transport: endpoint });
	const body = Buffer.from('[1]');

	/** @returns what becomes of a batch whose token `push` is given */
	async function delivered(push: (token: string) => unknown) {
		const requests: RequestReport[] = [];
		const attempt = fakeAttempt({ onRequest: (one) => requests.push(one) });
		const emit = ({ token = '' }: { token?: string }): void => void push(token);
		const sink = createFlowSink({ doneWhen: () => 'acked', emit });
		const outcome = await sink.deliver(fakeBatch({ payloads: [Buffer.from('1')] }), attempt);
		return { outcome, requests };
	}

	for (const [mood, kind, unreachable] of [
		[200, 'ack', undefined],
		[400, 'dead', undefined],
		[500, 'retry', undefined],
		[503, 'retry', true],
		['ENOTFOUND', 'retry', true],
	] as const) {
		it(`ends as the answer says, and tells of the request: ${mood}, ${kind}`, async () => {
			endpoint.mood = mood;
			const { outcome, requests } = await delivered((token) =>
				settleByPush(target, token, body, { rows: 7 }),
			);
			assert.equal(outcome.kind, kind);
			assert.deepEqual(
				requests.map((one) => [one.ok, one.status, one.unreachable, one.rows, one.bytes]),
				[[kind === 'ack', typeof mood === 'number' ? mood : undefined, unreachable, 7, 3]],
			);
		});
	}

	it('gives the batch back, and tells of no request, where it was broken off', async () => {
		endpoint.mood = 'ECONNREFUSED';
		const { outcome, requests } = await delivered((token) =>
			settleByPush(target, token, body, { signal: AbortSignal.abort() }),
		);
		assert.deepEqual([outcome, requests], [{ kind: 'release' }, []]);
	});

	it('changes nothing where somebody was first, and says so', async () => {
		endpoint.mood = 200;
		let isSettled: boolean | undefined;
		let state: string | undefined;
		const { outcome } = await delivered(async (token) => {
			const error = new DeliveryError('ERR_SINK_UNAVAILABLE', 'no');
			settleToken(token, { kind: 'retry', error });
			({ isSettled } = await settleByPush(target, token, body, {}));
			state = tokenState(token);
		});
		assert.equal(outcome.kind, 'retry');
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual([isSettled, state], [false, 'again']);
	});
});
