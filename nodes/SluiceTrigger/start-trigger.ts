import { NodeOperationError, type ITriggerFunctions } from 'n8n-workflow';
import { CoreError } from '../../core/index';
import { codeOf, saying } from '../shared/errors';
import { openPipelineFor } from '../shared/store';
import { startAlerts } from './alerts';
import { startDeliveryResults } from './delivery-results';
import { startBuffers } from './receiver';
import { startOnOf, type StartOn } from './start-on';
import type { StartPorts } from './start-ports';

/** A Trigger that runs. */
interface RunningTrigger {
	/** Never throws, since that would break deactivation (N64). */
	close(): Promise<void>;
}

/** Resolves when it runs. @throws CoreError */
const STARTS: { readonly [One in StartOn]: (ports: StartPorts) => Promise<void> } = {
	pushedEvents: startBuffers,
	workflowItems: startBuffers,
	alerts: startAlerts,
	deliveryResults: startDeliveryResults,
};

/** @throws NodeOperationError, which n8n shows where the workflow is published */
export async function startTrigger(context: ITriggerFunctions): Promise<RunningTrigger> {
	const ends: (() => unknown)[] = [];
	const close = async (): Promise<void> => {
		for (const end of ends.splice(0).toReversed()) {
			try {
				await end();
			} catch (error) {
				context.logger.error(`Sluice Trigger: closing failed (${codeOf(error)})`);
			}
		}
	};
	try {
		const start = STARTS[startOnOf(context)];
		const hold = await openPipelineFor(context);
		ends.push(() => hold.release());
		await start({ context, pipeline: hold.pipeline, onClose: (end) => ends.push(end) });
	} catch (error) {
		await close();
		throw operationError(context, error);
	}
	return { close };
}

function operationError(context: ITriggerFunctions, error: unknown): NodeOperationError {
	if (!(error instanceof CoreError)) {
		return new NodeOperationError(
			context.getNode(),
			error instanceof Error ? error : String(error),
		);
	}
	const description = `${error.code}: see docs/errors.md of the package. Correct the node and publish the workflow again.`;
	return saying(
		error.message,
		new NodeOperationError(context.getNode(), error.message, { description }),
	);
}
