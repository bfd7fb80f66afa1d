import type { ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';
import { MAX_LABEL_LENGTH } from '../../core/index';

/** Where its parameters are read: when it starts, and with each push. */
export type TriggerContext = ITriggerFunctions | IWebhookFunctions;

/** By what a Trigger is known in a store, and to people. */
export function holderOf(context: TriggerContext): {
	readonly key: string;
	readonly label: string;
} {
	const { id, name = 'workflow' } = context.getWorkflow();
	const node = context.getNode();
	// The end of the label is what tells Triggers apart for people.
	return { key: `${id}:${node.id}`, label: `${name} / ${node.name}`.slice(-MAX_LABEL_LENGTH) };
}
