/** When batches leave and come again, for the Trigger. To add one: the setting in core/settings, and its entry here. */
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import {
	grouped,
	HEALTH,
	IN_FLIGHT,
	RETRY,
	type BufferSettings,
	type EndpointSettings,
	type SinkKindName,
} from '../../core/index';
import { optionsCollection, type Option } from './options-collection';

/** Of every kind of destination. */
const OF_ANY: readonly Option[] = [
	{
		displayName: 'At Once',
		name: 'maxInFlight',
		type: 'number',
		typeOptions: { minValue: IN_FLIGHT.min, maxValue: IN_FLIGHT.max },
		default: IN_FLIGHT.min,
		description: `Batches that may be under way at the same time, ${IN_FLIGHT.min} to ${IN_FLIGHT.max}; with one request per event as many requests. Strict order means 1.`,
	},
	{
		displayName: 'Maximum Age',
		name: 'maxAge',
		type: 'string',
		default: '',
		placeholder: 'e.g. 12h',
		description: 'An event that is older is not tried again, and becomes a dead letter',
	},
	{
		displayName: 'New Events First',
		name: 'liveFirst',
		type: 'boolean',
		default: false,
		displayOptions: { hide: { order: ['key', 'strict'] } },
		description:
			'Whether new events go ahead while many are waiting, which keep their order behind them',
	},
	{
		displayName: 'Order',
		name: 'order',
		type: 'options',
		default: 'any',
		options: [
			{ name: 'Any', value: 'any', description: 'What fails waits alone' },
			{
				name: 'By Key',
				value: 'key',
				description: 'What fails holds up events of the same key, and no others',
			},
			{ name: 'Strict', value: 'strict', description: 'What fails holds up all behind it' },
		],
	},
	{
		displayName: 'Order Key',
		name: 'orderKeyPath',
		type: 'string',
		default: '',
		placeholder: 'e.g. event.targetName',
		displayOptions: { show: { order: ['key'] } },
		description: 'Where the JSON body has the key, such as the device',
	},
	{
		displayName: 'Retry',
		name: 'retry',
		type: 'options',
		default: 'standard',
		options: [
			{
				name: 'As a Data Connector',
				value: 'disruptive',
				description: 'After 8 seconds, then twice as long each time, up to an hour; for 12 hours',
			},
			{
				name: 'As Keboola',
				value: 'keboola',
				description: 'After 2 minutes, then 10, 42 and longer, up to a day; for a week',
			},
			{
				name: 'For a Week',
				value: 'exponential',
				description: 'After 5 seconds, then twice as long each time, up to an hour',
			},
			{ name: 'Pauses of Your Own', value: 'list' },
			{ name: 'Standard', value: 'standard', description: `After ${RETRY.delays}` },
		],
		description: 'When what has failed is tried again. After the last pause it is a dead letter.',
	},
	{
		displayName: 'Retry Pauses',
		name: 'retryDelays',
		type: 'string',
		default: RETRY.delays,
		displayOptions: { show: { retry: ['list'] } },
		description:
			'Before the second attempt, the third and so on; or the first and the longest of pauses that double: exponential 10s 2h',
	},
];

/** Of an endpoint. */
const OF_ENDPOINTS: readonly Option[] = [
	{
		displayName: 'Also Retry On',
		name: 'retryOn',
		type: 'string',
		default: '',
		placeholder: 'e.g. 404, 5xx',
		description: 'Statuses that are tried again, whatever is usual',
	},
	{
		displayName: 'Burst',
		name: 'burst',
		type: 'number',
		typeOptions: { minValue: HEALTH.burst.min, maxValue: HEALTH.burst.max },
		default: 10,
		description: 'Requests that may leave at once after a pause, where requests are limited',
	},
	{
		displayName: 'Give Up',
		name: 'giveUp',
		type: 'options',
		default: 'pause',
		options: [
			{
				name: 'Disable',
				value: 'disable',
				description: 'All that waits and all that comes is dropped',
			},
			{ name: 'Never', value: 'nothing' },
			{ name: 'Pause', value: 'pause', description: 'Events are kept until you resume' },
		],
		description:
			'What nothing but failures leads to, or the answer that the endpoint is gone (410)',
	},
	{
		displayName: 'Give Up After',
		name: 'giveUpAfter',
		type: 'string',
		default: `${HEALTH.disableAfterMs.fallback / 3_600_000}h`,
		displayOptions: { hide: { giveUp: ['nothing'] } },
		description: 'How long there are only failures',
	},
	{
		displayName: 'Hold Back While It Fails',
		name: 'breaker',
		type: 'boolean',
		default: true,
		description:
			'Whether an endpoint that fails is only tried by single requests until one is taken',
	},
	{
		displayName: 'Hold Back: Failures (Percent)',
		name: 'breakerPercent',
		type: 'number',
		typeOptions: { minValue: HEALTH.failurePercent.min, maxValue: HEALTH.failurePercent.max },
		default: HEALTH.failurePercent.fallback,
		displayOptions: { hide: { breaker: [false] } },
		description: 'Share of failed requests from which it is held back',
	},
	{
		displayName: 'Hold Back: Requests',
		name: 'breakerRequests',
		type: 'number',
		typeOptions: { minValue: HEALTH.minRequests.min, maxValue: HEALTH.minRequests.max },
		default: HEALTH.minRequests.fallback,
		displayOptions: { hide: { breaker: [false] } },
		description: 'As long as there were fewer, it is not held back for that',
	},
	{
		displayName: 'Hold Back: Time',
		name: 'breakerWindow',
		type: 'string',
		default: `${HEALTH.windowMs.fallback / 60_000}m`,
		displayOptions: { hide: { breaker: [false] } },
		description: 'In which they are counted',
	},
	{
		displayName: 'Never Retry On',
		name: 'finalOn',
		type: 'string',
		default: '',
		placeholder: 'e.g. 409, 501',
		description: 'Statuses that make dead letters at once, whatever is usual',
	},
	{
		displayName: 'Requests per Minute',
		name: 'perMinute',
		type: 'number',
		typeOptions: { minValue: HEALTH.perMinute.min, maxValue: HEALTH.perMinute.max },
		default: 600,
		description: `At most so many, ${HEALTH.perMinute.min} to ${grouped(HEALTH.perMinute.max)}`,
	},
	{
		displayName: 'Requests per Second',
		name: 'perSecond',
		type: 'number',
		typeOptions: { minValue: HEALTH.perSecond.min, maxValue: HEALTH.perSecond.max },
		default: 10,
		description: `At most so many, ${HEALTH.perSecond.min} to ${grouped(HEALTH.perSecond.max)}`,
	},
];

export const DELIVERY_OPTIONS: readonly string[] = [...OF_ANY, ...OF_ENDPOINTS].map(
	({ name }) => name,
);

/** As the collection gives them: what was not added is absent. */
export interface DeliveryOptions
	extends Omit<BufferSettings, 'retryDelays'>, Pick<EndpointSettings, 'retryOn' | 'finalOn'> {
	/** A preset, or `list`. */
	readonly retry?: string;
	/** Of `list`. */
	readonly retryDelays?: string;
}

/** What belongs together leaves one batch after the other (`inOrder`). */
const IN_ORDER: readonly Option[] = [
	...OF_ANY.filter(({ name }) => !['maxInFlight', 'liveFirst', 'order'].includes(name)),
	...OF_ANY.filter(({ name }) => name === 'order').map((order): Option => ({
		...order,
		default: 'strict',
		options: (order.options ?? []).filter((one) => !('value' in one) || one.value !== 'any'),
	})),
];

/** What each kind of destination has; what the answers of a dataset mean is known. */
const OF_KIND: Readonly<Record<SinkKindName, readonly Option[]>> = {
	flow: OF_ANY,
	http: [...OF_ANY, ...OF_ENDPOINTS],
	files: OF_ANY,
	table: IN_ORDER,
	opendatasoft: [
		...IN_ORDER,
		...OF_ENDPOINTS.filter(({ name }) => !['retryOn', 'finalOn'].includes(name)),
	],
};

export function deliveryOptions(
	displayOptions: IDisplayOptions,
	kind: SinkKindName,
): INodeProperties {
	return optionsCollection({
		displayName: 'Delivery Options',
		name: 'deliveryOptions',
		options: OF_KIND[kind],
		displayOptions,
	});
}

/** In core's words. */
export function deliverySettings({
	retry,
	retryDelays,
	...others
}: DeliveryOptions): Partial<BufferSettings> {
	return { ...others, retryDelays: retry === 'list' ? retryDelays : retry };
}
