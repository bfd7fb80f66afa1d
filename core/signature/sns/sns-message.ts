import { isUtf8 } from 'node:buffer';

/** A message of SNS as it stands in the body: its members that are texts. */
export type SnsMessage = Readonly<Record<string, string>>;

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const CONFIRMATION = [
	'Message',
	'MessageId',
	'SubscribeURL',
	'Timestamp',
	'Token',
	'TopicArn',
	'Type',
];

const SIGNED: Readonly<Record<string, readonly string[]>> = {
	Notification: NOTIFICATION,
	SubscriptionConfirmation: CONFIRMATION,
	UnsubscribeConfirmation: CONFIRMATION,
};

/** Undefined for a body that is none. */
export function readSnsMessage(body: Uint8Array): SnsMessage | undefined {
	if (!isUtf8(body)) return undefined;
	let read: unknown;
	try {
		read = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
	} catch {
		return undefined;
	}
	if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
	const texts = Object.entries(read).filter(([, value]) => typeof value === 'string');
	return Object.assign(Object.create(null), Object.fromEntries(texts)) as SnsMessage;
}

/**
 * What SNS signs: name and value of the members of each type, in this order, a line each. A member that only may be there is left out.
 *
 * @returns undefined for a type that there is none of, or where a member is missing
 */
export function signedText(message: SnsMessage): string | undefined {
	const names = Object.hasOwn(SIGNED, message['Type'] ?? '') ? SIGNED[message['Type'] ?? ''] : [];
	if (!names?.length) return undefined;
	let text = '';
	for (const name of names) {
		const value = message[name];
		if (value !== undefined) text += `${name}\n${value}\n`;
		else if (name !== 'Subject') return undefined;
	}
	return text;
}
