import type {
	INodeExecutionData,
	ITriggerFunctions,
	ITriggerResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { processShared } from '../../core/index';

/** What `webhook()` took in test mode, until `trigger()` emits it (N61). One process, one editor session per node. */
function stash(): Map<string, INodeExecutionData[][]> {
	return processShared('n8n-test-stash', () => new Map());
}

export function stashFor(context: IWebhookFunctions, outputs: INodeExecutionData[][]): void {
	stash().set(keyOf(context), outputs);
}

/** n8n runs `trigger()` in test mode after `webhook()`; one that did not emit would hang the execution (N60). */
export function manualTrigger(context: ITriggerFunctions): ITriggerResponse {
	const key = keyOf(context);
	return {
		manualTriggerFunction: async () => {
			const outputs = stash().get(key);
			stash().delete(key);
			if (outputs) context.emit(outputs);
		},
		closeFunction: async () => void stash().delete(key),
	};
}

function keyOf(context: IWebhookFunctions | ITriggerFunctions): string {
	return `${context.getWorkflow().id}:${context.getNode().id}`;
}
