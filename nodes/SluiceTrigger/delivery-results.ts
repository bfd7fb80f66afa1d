import { deliveryResult, isNamed } from '../../core/index';
import { rowOf } from './items';
import type { StartPorts } from './start-ports';
import { readTold } from './told';

/**
 * An execution for each attempt that ends in this process, told once, as it happens, and kept nowhere. A batch that was given back has had
 * no attempt.
 *
 * @throws ConfigError
 */
export async function startDeliveryResults(ports: StartPorts): Promise<void> {
	const { context, pipeline, onClose } = ports;
	const { failedOnly, buffers, withText } = readTold(context);
	onClose(
		pipeline.subscribe((notice) => {
			if (notice.kind !== 'attempt' || notice.outcome === 'release') return;
			if (!isNamed(notice, buffers)) return;
			const result = deliveryResult(notice, { withText });
			if (!(result.ok && failedOnly)) context.emit([[rowOf(result)]]);
		}),
	);
}
