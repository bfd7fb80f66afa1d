import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import type { SchemeConfig } from '../../../core/signature/schemes/index';

/** Long enough that no random text has it. */
export const SECRET = 'a-secret-that-nobody-is-told-0123456789';

/** What bodies a receiver is sent most. */
export type BodyKind = 'json' | 'array' | 'ndjson' | 'csv' | 'cloudevents';

/** Where requests are sent to, and how its sender proves itself. */
export interface FuzzPlace {
	readonly target: string;
	readonly body: BodyKind;
	/** Signs with headers; absent: nothing to sign, or the secret stands in the target. */
	readonly signs?: SchemeConfig;
	/** Of what is only shown, not signed. */
	readonly headers?: Readonly<Record<string, string>>;
}

export interface FuzzReceiver extends FuzzPlace {
	readonly receiver: ReceiverInput;
}

const OPEN = [{ kind: 'none' }] as const;
const TIMED: SchemeConfig = {
	kind: 'hmac',
	secrets: [SECRET],
	content: '{timestamp}.{body}',
	timestampHeader: 'x-timestamp',
};
const BODY_JWT: SchemeConfig = { kind: 'body-jwt', secrets: [SECRET] };
const STANDARD: SchemeConfig = {
	kind: 'standard-webhooks',
	secrets: [`whsec_${Buffer.from(SECRET).toString('base64')}`],
};
const LIMITS = { maxBodyBytes: 50_000, maxDecompressedBytes: 100_000 };

/** A receiver for each way in, each way to read a body, and each way to answer. */
export const RECEIVERS: readonly FuzzReceiver[] = [
	of('open', 'json', { auth: OPEN }),
	of('array', 'array', { auth: OPEN, split: 'array' }),
	of('lines', 'ndjson', { auth: OPEN, split: 'ndjson' }),
	of('table', 'csv', { auth: OPEN, split: 'csv' }),
	of('events', 'cloudevents', { auth: OPEN, split: 'cloudevents' }),
	of('latest', 'json', {
		auth: OPEN,
		latest: { devicePath: 'device', typePath: 'type', timePath: 'time' },
		dedupe: [
			{ keyPath: 'id', windowMs: 60_000 },
			{ content: true, windowMs: 60_000 },
		],
	}),
	of('timed', 'json', { auth: [TIMED] }, { signs: TIMED }),
	of('token', 'array', { auth: [BODY_JWT], split: 'array' }, { signs: BODY_JWT }),
	of('standard', 'json', { auth: [STANDARD] }, { signs: STANDARD }),
	of(
		'bearer',
		'json',
		{ auth: [{ kind: 'bearer', secrets: [SECRET] }] },
		{ headers: { authorization: `Bearer ${SECRET}` } },
	),
	of(
		'url',
		'json',
		{ auth: [{ kind: 'url-secret', secrets: [SECRET] }] },
		{ target: `/in/url/${SECRET}` },
	),
	of(
		'key',
		'json',
		{ auth: [{ kind: 'query-key', secrets: [SECRET], parameter: 'key' }] },
		{ target: `/in/key?key=${SECRET}` },
	),
	of('slack', 'json', { auth: [TIMED], handshake: { kind: 'slack' } }, { signs: TIMED }),
	of('quiet', 'json', {
		auth: OPEN,
		answer: { status: 204, body: 'empty' },
		cors: { origins: '*' },
	}),
];

function of(
	id: string,
	body: BodyKind,
	receiver: Omit<ReceiverInput, 'id'>,
	place: Partial<FuzzPlace> = {},
): FuzzReceiver {
	return { target: `/in/${id}`, body, ...place, receiver: { id, ...LIMITS, ...receiver } };
}
