import type { INodeProperties } from 'n8n-workflow';
import { HEALTH, RECEIVER_LIMITS } from '../../../core/index';

/** How many requests a Trigger on pushed events takes, and what it does with copies and former addresses. */
export const limitOptions: INodeProperties[] = [
	{
		displayName: 'Client Burst',
		name: 'clientBurst',
		type: 'number',
		typeOptions: { minValue: HEALTH.burst.min, maxValue: HEALTH.burst.max },
		default: HEALTH.burst.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description: 'Requests of one client at once after a pause',
	},
	{
		displayName: 'Client Requests per Minute',
		name: 'clientPerMinute',
		type: 'number',
		typeOptions: { minValue: HEALTH.perMinute.min, maxValue: HEALTH.perMinute.max },
		default: HEALTH.perMinute.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description:
			'More from one address are answered 429. Behind a proxy all senders may have its address.',
	},
	{
		displayName: 'Client Requests per Second',
		name: 'clientPerSecond',
		type: 'number',
		typeOptions: { minValue: HEALTH.perSecond.min, maxValue: HEALTH.perSecond.max },
		default: HEALTH.perSecond.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description:
			'More from one address are answered 429. Behind a proxy all senders may have its address.',
	},
	{
		displayName: 'Copies of Signed Requests',
		name: 'replays',
		type: 'options',
		default: 'drop',
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		options: [
			{ name: 'Answer as Duplicates, Do Not Store', value: 'drop' },
			{ name: 'Store Again', value: 'take' },
		],
		description:
			'What becomes of a signed request that somebody records and sends again, where the sender signs a time or an ID',
	},
	{
		displayName: 'Former URL Secret For',
		name: 'formerUrlSecret',
		type: 'string',
		default: '24h',
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description:
			'How long the former push URL goes on after the operation Renew URL Secret, up to 720h; 0s is not at all',
	},
	{
		displayName: 'Requests at Once',
		name: 'maxConcurrent',
		type: 'number',
		typeOptions: {
			minValue: RECEIVER_LIMITS.concurrency.min,
			maxValue: RECEIVER_LIMITS.concurrency.max,
		},
		default: RECEIVER_LIMITS.concurrency.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description: 'More that are worked on at once are answered 503',
	},
	{
		displayName: 'Requests Burst',
		name: 'limitBurst',
		type: 'number',
		typeOptions: { minValue: HEALTH.burst.min, maxValue: HEALTH.burst.max },
		default: HEALTH.burst.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description: 'Requests at once after a pause',
	},
	{
		displayName: 'Requests per Minute',
		name: 'limitPerMinute',
		type: 'number',
		typeOptions: { minValue: HEALTH.perMinute.min, maxValue: HEALTH.perMinute.max },
		default: HEALTH.perMinute.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description:
			'More requests that prove who sends them, of all senders together, are answered 429',
	},
	{
		displayName: 'Requests per Second',
		name: 'limitPerSecond',
		type: 'number',
		typeOptions: { minValue: HEALTH.perSecond.min, maxValue: HEALTH.perSecond.max },
		default: HEALTH.perSecond.min,
		noDataExpression: true,
		displayOptions: { show: { '/startOn': ['pushedEvents'] } },
		description:
			'More requests that prove who sends them, of all senders together, are answered 429',
	},
];
