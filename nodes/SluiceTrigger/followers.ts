import type { ITriggerFunctions } from 'n8n-workflow';
import { reportFault } from './report-fault';

/** Whether rows are to wait, since executions would throw them away; says so. */
export function keepsRows(context: ITriggerFunctions): boolean {
	const why = whyEventsWouldBeLost(context);
	if (why === undefined) return false;
	reportFault(
		context,
		why,
		'Connect an enabled node, or keep successful executions, and publish again.',
	);
	return true;
}

/**
 * Why starting executions would throw events away; undefined where it would not. An execution of a Trigger that no enabled node
 * follows ends well, and its events are then what n8n keeps of that execution: where it keeps none, they would be gone.
 */
function whyEventsWouldBeLost(context: ITriggerFunctions): string | undefined {
	const followers = context.getChildNodes(context.getNode().name);
	if (followers.some(({ disabled }) => !disabled) || keepsExecutions(context)) return undefined;
	const what = followers.length === 0 ? 'no node follows' : 'only disabled nodes follow';
	return `${what} this Trigger, and n8n is set not to keep successful executions: the events stay in the buffer until an enabled node follows`;
}

/** As n8n reads its settings [C `n8n/dist/execution-lifecycle/to-save-settings.js`]. */
function keepsExecutions(context: ITriggerFunctions): boolean {
	const { saveDataSuccessExecution = 'DEFAULT' } = context.getWorkflowSettings();
	if (saveDataSuccessExecution !== 'DEFAULT') return saveDataSuccessExecution === 'all';
	return (process.env['EXECUTIONS_DATA_SAVE_ON_SUCCESS'] ?? 'all') === 'all';
}
