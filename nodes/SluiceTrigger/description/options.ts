import type { INodeProperties } from 'n8n-workflow';
import {
	ANSWER,
	CONDITIONS,
	formatByteSize,
	grouped,
	IDLE_MS,
	KEEP_DAYS,
	KEEP_GB,
	NODE_CONDITIONS,
	shortDuration,
	type AnswerBody,
	type RefusalBody,
} from '../../../core/index';

import { TOLD } from '../start-on';
import { BODY_OPTIONS } from './body-options';
import { limitOptions } from './limit-options';
import { SCHEMA_OPTIONS } from './schema-options';

const { sizeBytes } = CONDITIONS;

/** What rarely needs a change. */
export const optionsParameter: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	noDataExpression: true,
	displayOptions: { hide: { startOn: [...TOLD] } },
	options: inOrder([
		...BODY_OPTIONS,
		...SCHEMA_OPTIONS,
		{
			displayName: 'Allowed Headers',
			name: 'allowedHeaders',
			type: 'string',
			default: '',
			placeholder: 'e.g. content-type, x-api-key',
			noDataExpression: true,
			displayOptions: { show: { '/startOn': ['pushedEvents'] } },
			description: 'That pages of Allowed Origins may send to the own port; empty is content-type',
		},
		{
			displayName: 'Allowed Origins',
			name: 'allowedOrigins',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://app.example.com',
			noDataExpression: true,
			displayOptions: { show: { '/startOn': ['pushedEvents'] } },
			description:
				'Web pages whose browsers may push, with commas between them, or *. Without any, every page may push to the webhook URL, and none to the own port. It replaces no authentication.',
		},
		{
			displayName: 'Answer Body',
			name: 'answerBody',
			type: 'options',
			default: 'ours',
			noDataExpression: true,
			options: [
				{ name: 'Empty', value: 'empty' },
				{ name: 'Fixed JSON', value: 'json' },
				{ name: 'Fixed Text', value: 'text' },
				{ name: 'The ID of the Event', value: 'ours' },
			] satisfies { name: string; value: AnswerBody }[],
			description:
				'What was taken is answered with. An answer says that the event is on disk and does not wait for the workflow: for data that a workflow computes use Respond to Webhook.',
		},
		{
			displayName: 'Answer Headers',
			name: 'answerHeaders',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. Cache-Control: no-store',
			noDataExpression: true,
			description: `Of the answer to what was taken, one a line, up to ${ANSWER.headers}`,
		},
		{
			displayName: 'Answer Refusals With',
			name: 'answerRefusals',
			type: 'options',
			default: 'ours',
			noDataExpression: true,
			options: [
				{ name: '{"error": Code, "message": Text}', value: 'ours' },
				{ name: '{"status": "error", "error": Text}', value: 'status' },
			] satisfies { name: string; value: RefusalBody }[],
			description:
				'The body of the answer to what is refused, whose status stays; the second is what clients of Opendatasoft read',
		},
		{
			displayName: 'Answer Status',
			name: 'answerStatus',
			type: 'number',
			typeOptions: { minValue: ANSWER.status.min, maxValue: ANSWER.status.max },
			default: ANSWER.status.fallback,
			noDataExpression: true,
			description: 'Of the answer to what was taken; refusals keep theirs',
		},
		{
			displayName: 'Answer Text',
			name: 'answerText',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			noDataExpression: true,
			description: `The body where Answer Body is fixed, up to ${grouped(ANSWER.textBytes)} bytes`,
		},
		{
			displayName: 'Batch Size',
			name: 'size',
			type: 'string',
			default: NODE_CONDITIONS.size,
			noDataExpression: true,
			description: `A batch is also closed at this size, ${formatByteSize(sizeBytes.min)} to ${formatByteSize(sizeBytes.max)}. The whole batch is written to n8n's database as execution data.`,
		},
		{
			displayName: 'Flush After a Pause',
			name: 'idle',
			type: 'string',
			default: '2s',
			placeholder: 'e.g. 2s',
			noDataExpression: true,
			description: `A batch is also closed when no other event has come for so long, ${shortDuration(IDLE_MS.min)} or more, and less than the seconds of the buffer`,
		},
		{
			displayName: 'Keep Delivered for Days',
			name: 'keepDays',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: KEEP_DAYS.max },
			default: 7,
			noDataExpression: true,
			description:
				'Events stay on disk for so long after they were delivered, so that Buffer: Replay Kept can give a time of them to a changed mapping. 0 keeps none.',
		},
		{
			displayName: 'Keep Delivered up to GB',
			name: 'keepGb',
			type: 'number',
			typeOptions: { minValue: KEEP_GB.min, maxValue: KEEP_GB.max },
			default: KEEP_GB.fallback,
			noDataExpression: true,
			description:
				'Of the events that are kept the oldest go beyond so many GB, and on a disk that is nearly full. Without Keep Delivered for Days none is kept.',
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
		...limitOptions,
	]),
};

/** Of the alphabet, as n8n wants it. */
function inOrder(options: INodeProperties[]): INodeProperties[] {
	return options.toSorted((a, b) => a.displayName.localeCompare(b.displayName));
}
