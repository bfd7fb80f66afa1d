import type { INodeProperties } from 'n8n-workflow';
import {
	BODY_BYTES,
	CONDITIONS,
	DEDUPE_HOURS,
	formatByteSize,
	grouped,
	HEALTH,
	IDLE_TIMEOUT_MS,
	inSeconds,
	LISTENER,
	MAX_APPEND_EVENTS,
	NODE_CONDITIONS,
	PORT,
	RECEIVER_LIMITS,
} from '../../../core/index';

import { TOLD } from '../start-on';

const { sizeBytes } = CONDITIONS;
const IDLE = inSeconds(IDLE_TIMEOUT_MS);

/** What rarely needs a change. */
export const optionsParameter: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	noDataExpression: true,
	displayOptions: { hide: { startOn: [...TOLD] } },
	options: [
		{
			displayName: 'Batch Size',
			name: 'size',
			type: 'string',
			default: NODE_CONDITIONS.size,
			noDataExpression: true,
			description: `A batch is also closed at this size, ${formatByteSize(sizeBytes.min)} to ${formatByteSize(sizeBytes.max)}. The whole batch is written to n8n's database as execution data.`,
		},
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
			displayName: 'Deduplicate by Path',
			name: 'dedupeKeyPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. event.eventId',
			noDataExpression: true,
			description:
				"Where the JSON body holds the producer's key; an event whose key was seen before is answered 200 with duplicate instead of an ID, and not stored",
		},
		{
			displayName: 'Deduplicate for Hours',
			name: 'dedupeHours',
			type: 'number',
			typeOptions: { minValue: DEDUPE_HOURS.min, maxValue: DEDUPE_HOURS.max },
			default: DEDUPE_HOURS.fallback,
			noDataExpression: true,
			description: 'How long a key is remembered',
		},
		{
			displayName: 'Event Type Path',
			name: 'typePath',
			type: 'string',
			default: '',
			placeholder: 'e.g. event.eventType',
			noDataExpression: true,
			description: 'Where the JSON body holds the type of the event, by which filters go',
		},
		{
			displayName: 'Events per Request',
			name: 'split',
			type: 'options',
			default: 'one',
			noDataExpression: true,
			options: [
				{ name: 'A Request Is One Event', value: 'one' },
				{ name: 'One per Element of a JSON Array', value: 'array' },
				{ name: 'One per Line (NDJSON)', value: 'ndjson' },
			],
			description: `All events of a request are stored, or none; up to ${grouped(MAX_APPEND_EVENTS)}. The answer then counts them and gives their IDs.`,
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
			displayName: 'Keep the Latest Event',
			name: 'keepLatest',
			type: 'boolean',
			default: false,
			noDataExpression: true,
			description:
				'Whether to keep the latest event of each type of each device for the operation Synchronize, in the shape of Data Connectors (event.targetName, event.eventType, event.timestamp)',
		},
		{
			displayName: 'Long Numbers',
			name: 'numbers',
			type: 'options',
			default: 'double',
			noDataExpression: true,
			options: [
				{ name: 'As Numbers, Which JavaScript Rounds', value: 'double' },
				{ name: 'As Text Where a Number Would Be Rounded', value: 'text' },
			],
			description:
				'How numbers such as IDs of 19 digits arrive in the workflow. What is forwarded is never rounded.',
		},
		{
			displayName: 'Maximum Body (Bytes)',
			name: 'maxBodyBytes',
			type: 'number',
			typeOptions: { minValue: BODY_BYTES.min, maxValue: BODY_BYTES.max },
			default: BODY_BYTES.fallback,
			noDataExpression: true,
			description: 'A larger body is refused with 413',
		},
		{
			displayName: 'On Mapping Error',
			name: 'onMappingError',
			type: 'options',
			default: 'reject',
			noDataExpression: true,
			options: [
				{ name: 'Keep the Event as a Dead Letter', value: 'dead' },
				{ name: 'Refuse the Event (400)', value: 'reject' },
			],
		},
		{
			displayName: 'Own Host',
			name: 'ownHost',
			type: 'string',
			default: LISTENER.host,
			noDataExpression: true,
			description: 'Address to listen on, with Own Port; 0.0.0.0 is every address of the machine',
		},
		{
			displayName: 'Own Idle Timeout (Seconds)',
			name: 'ownIdleTimeoutSeconds',
			type: 'number',
			typeOptions: { minValue: IDLE.min, maxValue: IDLE.max },
			default: IDLE.fallback,
			noDataExpression: true,
			description: `How long a connection to the own port stays open without a request, ${IDLE.min} to ${grouped(IDLE.max)}. Give more than the keep-alive time of a proxy or balancer before it.`,
		},
		{
			displayName: 'Own Path',
			name: 'ownPath',
			type: 'string',
			default: LISTENER.path,
			noDataExpression: true,
			description:
				'Exact path on the own port; with a secret in the URL the webhook ID follows as one more segment',
		},
		{
			displayName: 'Own Port',
			name: 'ownPort',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: PORT.max },
			default: 0,
			noDataExpression: true,
			description:
				'Also listen on a port of our own, many times cheaper per event than the webhook URL; 0 is off',
		},
		{
			displayName: 'Read the Body As',
			name: 'readBodyAs',
			type: 'options',
			default: 'type',
			noDataExpression: true,
			options: [
				{
					name: 'Binary',
					value: 'binary',
					description: 'Always base64',
				},
				{
					name: 'By Content Type',
					value: 'type',
					description: 'JSON, forms and texts by their types; all other types are base64',
				},
				{
					name: 'Form',
					value: 'form',
				},
				{
					name: 'JSON',
					value: 'json',
					description: 'Also where the sender calls it text/plain',
				},
				{
					name: 'Text',
					value: 'text',
				},
			],
			description:
				'What Deduplicate by Path, fields, templates and whole events see. The status operation counts events in which a path finds nothing.',
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
		{
			displayName: 'Send Credentials of the Sender',
			name: 'sendCredentials',
			type: 'boolean',
			default: false,
			noDataExpression: true,
			description:
				'Whether whole events that are forwarded keep the headers Authorization, Proxy-Authorization and Cookie that they came with',
		},
		{
			displayName: 'Tell When Silent For',
			name: 'inactiveAfter',
			type: 'string',
			default: '1h',
			placeholder: 'e.g. 1h',
			noDataExpression: true,
			displayOptions: { show: { '/startOn': ['pushedEvents'] } },
			description:
				'A Trigger on Alerts is told when no event has come for so long, and when one comes again',
		},
	],
};
