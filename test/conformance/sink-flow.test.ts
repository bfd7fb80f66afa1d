import { createFlowSink, settleToken, type FlowBatch } from '../../core/sink/flow';
import { DeliveryError } from '../../core/errors';
import { sinkSuite, type SinkFixture } from './sink-suite';

/** A flow that handles each batch at once; like both hosts, it copies a message on its way. */
async function start(): Promise<SinkFixture> {
	let how: 'take' | 'refuse' | 'fail' | 'hang' = 'take';
	const taken: unknown[] = [];
	const emit = (batch: FlowBatch): void => {
		const { records, token = '' } = JSON.parse(JSON.stringify(batch)) as FlowBatch;
		if (how === 'hang') return;
		if (how === 'take') taken.push(...records);
		const code = how === 'fail' ? 'ERR_SINK_UNAVAILABLE' : 'ERR_SINK_REJECTED';
		const error = new DeliveryError(code, 'the flow says no');
		const kind = ({ take: 'ack', refuse: 'dead', fail: 'retry' } as const)[how];
		settleToken(token, kind === 'ack' ? { kind } : { kind, error });
	};
	return {
		sink: createFlowSink({ doneWhen: () => 'acked', emit, ackTimeoutMs: 100 }),
		taken: () => taken,
		behave(next) {
			how = next;
		},
		close: async () => {},
	};
}

sinkSuite('flow', start);
