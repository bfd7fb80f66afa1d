import type {
	INodeExecutionData,
	ITriggerFunctions,
	ITriggerResponse,
	IWebhookFunctions,
} from 'n8n-workflow';
import { processShared } from '../../core/index';

/** What `webhook()` took in test mode, until `trigger()` emits it (N61). One process, one editor session per node. */
function testOutputs(): Map<string, INodeExecutionData[][]> {
	return processShared('n8n-test-outputs', () => new Map());
}

export function saveTestOutputs(context: IWebhookFunctions, outputs: INodeExecutionData[][]): void {
	testOutputs().set(keyOf(context), outputs);
}

/** n8n runs `trigger()` in test mode after `webhook()`; one that did not emit would hang the execution (N60). */
export function manualTrigger(context: ITriggerFunctions): ITriggerResponse {
	const key = keyOf(context);
	return {
		manualTriggerFunction: async () => {
			const outputs = testOutputs().get(key);
			testOutputs().delete(key);
			if (outputs) context.emit(outputs);
		},
		closeFunction: async () => void testOutputs().delete(key),
	};
}

function keyOf(context: IWebhookFunctions | ITriggerFunctions): string {
	return `${context.getWorkflow().id}:${context.getNode().id}`;
}
