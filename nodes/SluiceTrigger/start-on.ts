import type { INodePropertyOptions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';
import { checkChoice } from '../../core/index';

/** What starts the workflow. n8n lists each as a trigger of its own, in this order. To add one: here, and its entry in start-trigger.ts. */
const CHOICES = {
	pushedEvents: {
		name: 'Events Pushed',
		action: 'On events pushed',
		description: 'HTTP requests that sensors, webhooks and scripts push',
	},
	workflowItems: {
		name: 'Items Added by Workflows',
		action: 'On items added by workflows',
		description: 'Items that a Sluice node adds to the buffer; no URL',
	},
	alerts: {
		name: 'Alerts',
		action: 'On alerts',
		description: 'What is wrong with buffers, their destinations, senders and the store, told once',
	},
	deliveryResults: {
		name: 'Delivery Results',
		action: 'On delivery results',
		description: 'What became of each delivery of the buffers, as it ends',
	},
} as const satisfies Record<string, Omit<INodePropertyOptions, 'value'>>;

export type StartOn = keyof typeof CHOICES;

export const DEFAULT_START_ON: StartOn = 'pushedEvents';

/** Those that tell of buffers, and hold none. */
export const TOLD = ['alerts', 'deliveryResults'] as const satisfies readonly StartOn[];

export type ToldKind = (typeof TOLD)[number];

export function isTold(startOn: StartOn): startOn is ToldKind {
	return TOLD.some((one) => one === startOn);
}

const NAMES = Object.keys(CHOICES) as readonly StartOn[];

export const START_ON_OPTIONS: INodePropertyOptions[] = NAMES.map((value) => ({
	value,
	...CHOICES[value],
}));

/** Evaluated in the editor alone. */
export const SUBTITLE = `={{ (${JSON.stringify(
	Object.fromEntries(NAMES.map((value) => [value, CHOICES[value].name.toLowerCase()])),
)})[$parameter["startOn"]] }}`;

/** @throws ConfigError for what is no choice */
export function startOnOf(context: ITriggerFunctions | IWebhookFunctions): StartOn {
	return checkChoice(context.getNodeParameter('startOn', DEFAULT_START_ON), 'startOn', NAMES);
}

/** For messages, as the editor calls it. */
export function startOnName(startOn: StartOn): string {
	return CHOICES[startOn].name;
}
