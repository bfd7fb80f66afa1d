import { NodeOperationError, type ITriggerFunctions } from 'n8n-workflow';
import { saying } from '../shared/errors';

/** Says something about a Trigger that runs: in the log, and as a failed execution, the one thing that n8n shows of it then. */
export function reportFault(context: ITriggerFunctions, message: string, advice: string): void {
	context.logger.warn(`${context.getNode().name}: ${message}`);
	context.saveFailedExecution?.(
		saying(message, new NodeOperationError(context.getNode(), message, { description: advice })),
	);
}
