import { createSink } from '../../core/sink/create-sink';
import type { FlowBatch } from '../../core/sink/flow';
import { settleToken } from '../../core/sink/flow-token';
import { DeliveryError } from '../../core/errors';
import { FakeClock } from '../support/fake-clock';
import { sinkSuite, type SinkFixture } from './sink-suite';

const ACK_TIMEOUT_MS = 1_000;

/** A flow that handles each batch at once; like both hosts, it copies a message on its way. */
async function start(): Promise<SinkFixture> {
	let how: 'take' | 'refuse' | 'fail' | 'hang' = 'take';
	const taken: unknown[] = [];
	const clock = new FakeClock();
	const emit = (batch: FlowBatch): void => {
		const { records, token = '' } = JSON.parse(JSON.stringify(batch)) as FlowBatch;
		if (how === 'hang') return void clock.advance(ACK_TIMEOUT_MS);
		if (how === 'take') taken.push(...records);
		const code = how === 'fail' ? 'ERR_SINK_UNAVAILABLE' : 'ERR_SINK_REJECTED';
		const error = new DeliveryError(code, 'the flow says no');
		const kind = ({ take: 'ack', refuse: 'dead', fail: 'retry' } as const)[how];
		settleToken(token, kind === 'ack' ? { kind } : { kind, error });
	};
	return {
		sink: createSink(
			{ kind: 'flow', ackTimeoutMs: ACK_TIMEOUT_MS },
			{ flow: { doneWhen: () => 'acked', emit }, clock },
		),
		taken: () => taken,
		behave(next) {
			how = next;
		},
		close: async () => {},
	};
}

sinkSuite('flow', start);
