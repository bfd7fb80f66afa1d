import type { Sink } from '../sink';
import type { HttpEndpoint } from './http-config';
import { createHttpTarget, type HttpPorts } from './http-target';
import { sendBatch } from './send-batch';
import { sendRows } from './send-rows';

/**
 * Pushes batches to an HTTP endpoint: each in one request (`send-batch.ts`), or each row in a request of its own (`send-rows.ts`).
 * An answer becomes an outcome in `answer.ts`; a request without an answer comes again.
 *
 * @param ports clock and transport, for tests
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function createHttpSink(config: HttpEndpoint, ports: HttpPorts = {}): Sink {
	const target = createHttpTarget(config, ports);
	const send = config.send === 'row' ? sendRows : sendBatch;
	return {
		deliver: (batch, attempt) => send(target, batch, attempt, config),
		close: () => target.close(),
	};
}
