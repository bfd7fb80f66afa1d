import type { DeliveryRules } from '../sink-kind';
import type { Sink } from '../sink';
import type { HttpEndpoint } from './http-config';
import { createHttpTarget, type HttpPorts } from './http-target';
import { RequestSlots } from './request-slots';
import { sendBatch } from './send-batch';
import { sendRows } from './send-rows';

/**
 * Pushes batches to an HTTP endpoint: each in one request (`send-batch.ts`), or each row in a request of its own (`send-rows.ts`).
 * An answer becomes an outcome in `answer.ts`; a request without an answer comes again.
 *
 * @param ports clock and transport, for tests; the rules of the export whose rows are sent
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function createHttpSink(
	config: HttpEndpoint,
	ports: HttpPorts & { readonly rules?: DeliveryRules | undefined } = {},
): Sink {
	const target = createHttpTarget(config, ports);
	const close = (): void => target.close();
	if (config.send !== 'row') {
		return { deliver: (batch, attempt) => sendBatch(target, batch, attempt, config), close };
	}
	const { order = 'any', maxInFlight = 1 } = ports.rules ?? {};
	const slots = new RequestSlots(order === 'strict' ? 1 : (config.concurrency ?? maxInFlight));
	const o = { target, slots, isKeyed: order === 'key' };
	return {
		deliver: (batch, attempt) => sendRows(batch, attempt, config, o),
		asksPermits: true,
		close,
	};
}
