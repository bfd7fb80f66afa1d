import type { INodeProperties } from 'n8n-workflow';
import {
	PRESET_CHOICES,
	secretRuleOf,
	showsVerifyToken,
	type PresetChoice,
} from '../../../core/index';

/** Of a Trigger whose authentication, handshake and options are set by hand. */
export const ANY_SENDER = 'any';

const PUSHED = { startOn: ['pushedEvents'] };

/** Senders whose presets are so. */
function senders(is: (choice: PresetChoice) => boolean): string[] {
	return PRESET_CHOICES.filter(is).map(({ id }) => id);
}

/** Those whose secret or verify token is in the signature credential. */
export function sendersWithCredential(): string[] {
	return senders(
		({ fields }) =>
			secretRuleOf(fields.auth[0].kind) === 'signature' || showsVerifyToken(fields.handshake),
	);
}

/** Who pushes: a preset in place of authentication, handshake, and what options say of its events. */
export const senderParameters: readonly INodeProperties[] = [
	{
		displayName: 'Sender',
		name: 'sender',
		type: 'options',
		default: ANY_SENDER,
		noDataExpression: true,
		displayOptions: { show: PUSHED },
		options: [
			{
				name: 'Any, Set by Hand',
				value: ANY_SENDER,
				description: 'Authentication, handshake and options as you set them',
			},
			...PRESET_CHOICES.map(optionOf).toSorted((a, b) => a.name.localeCompare(b.name)),
		],
		description:
			'Sets all that differs by it: authentication, handshake, answer, and where its events have their type and ID. Options that you add go before it.',
	},
	{
		displayName:
			"Unverified: made by the sender's documentation alone. No request that it has published was there to be checked.",
		name: 'senderNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...PUSHED, sender: senders(({ verified }) => !verified) } },
	},
	{
		displayName: 'Public URL',
		name: 'publicUrl',
		type: 'string',
		default: '',
		required: true,
		noDataExpression: true,
		placeholder: 'e.g. https://n8n.example.com/webhook/…/events',
		displayOptions: {
			show: { ...PUSHED, sender: senders(({ asks }) => asks.includes('publicUrl')) },
		},
		description:
			'The address as the sender has it, since it signs it; behind a proxy nobody else knows it',
	},
	{
		displayName: 'Topics',
		name: 'topics',
		type: 'string',
		default: '',
		required: true,
		noDataExpression: true,
		placeholder: 'e.g. arn:aws:sns:eu-west-1:123456789012:name',
		displayOptions: { show: { ...PUSHED, sender: senders(({ asks }) => asks.includes('topics')) } },
		description:
			'ARNs of the topics that may push, with commas between them, since SNS signs for everybody',
	},
];

function optionOf({ id, name, verified, secretName, fields }: PresetChoice): {
	name: string;
	value: string;
	description: string;
} {
	const isInUrl = secretRuleOf(fields.auth[0].kind) === 'url';
	const secret = isInUrl
		? 'it can sign nothing: the secret is in the URL'
		: secretName && `the secret is what it calls ${secretName}`;
	const about = [secret, verified ? '' : 'unverified'].filter(Boolean).join('; ');
	return { name, value: id, description: about.charAt(0).toUpperCase() + about.slice(1) };
}
