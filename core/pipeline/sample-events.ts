import type { CoreError } from '../errors';
import type { Event } from '../event/event';
import { isJsonText } from '../event/is-json-text';
import { parseHeaderLines } from '../pure/header-lines';
import { takeIn, type RequestTrace } from '../receiver/intake/intake';
import { prepareReceiver } from '../receiver/intake/prepare';
import type { PushedRequest } from '../receiver/request';
import type { Clock } from '../runtime/clock';
import { newUuid } from '../runtime/ids';
import { parseReceiverConfig, type ReceiverInput } from './parse-receiver';

/** A push that somebody has at hand: what matters of it, as text. */
export interface PastedPush {
	readonly body: string;
	/** Lines such as `X-Site: b4`; without a content type it is guessed. */
	readonly headers?: string | undefined;
}

export interface SampleEvents {
	/** Those into which the receiver splits the body, which may be none. */
	readonly events: readonly Event[];
	/** What of them does not fit the schema and would be taken all the same, since it only reports. */
	readonly mismatch?: CoreError;
}

/**
 * The events that a receiver would make of a pasted push, by its own intake: split, schema, keys and all, but without asking who sends it.
 *
 * @param config all but how senders are let in; of its limits the size of the body alone counts
 * @throws ConfigError for a receiver that cannot work; ReceiveError for what it would refuse
 */
export async function sampleEvents(
	config: Omit<ReceiverInput, 'id' | 'auth'>,
	{ body, headers = '' }: PastedPush,
	clock: Clock,
): Promise<SampleEvents> {
	const { cors: _, ...receiver } = config;
	const read = isOneRecord(body, receiver) ? ({ split: 'one', readBodyAs: 'json' } as const) : {};
	const auth = [{ kind: 'none' }] as const;
	const parsed = parseReceiverConfig({ ...receiver, ...read, id: 'sample', auth });
	const trace: RequestTrace = {};
	const request = { ...REQUEST, headers: headersOf(body, headers, parsed), body: bytesOf(body) };
	const taken = await takeIn(
		request,
		prepareReceiver(parsed),
		{
			now: () => clock.now(),
			newId: newUuid,
		},
		trace,
	);
	const { mismatch } = trace;
	return { events: taken.map(({ event }) => event), ...(mismatch ? { mismatch } : {}) };
}

/** An event that came of a line of CSV, or of a form that a schema has converted, is JSON when it is looked at. */
function isOneRecord(
	body: string,
	{ split, readBodyAs }: Pick<ReceiverInput, 'readBodyAs' | 'split'>,
): boolean {
	const isOther = split === 'csv' || readBodyAs === 'csv' || readBodyAs === 'form';
	return isOther && /^\s*\{/.test(body) && isJsonText(body);
}

const REQUEST = { method: 'POST', path: '/sample', remoteAddress: '127.0.0.1' } as const;

function bytesOf(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** What describes bytes that were sent once is not true of a text that was pasted. */
const OF_BYTES = ['content-encoding', 'content-length', 'transfer-encoding'];

function headersOf(
	body: string,
	lines: string,
	receiver: Pick<ReceiverInput, 'readBodyAs' | 'split'>,
): PushedRequest['headers'] {
	const given: Record<string, string[]> = Object.create(null);
	for (const [name, value] of parseHeaderLines(lines)) {
		const key = name.toLowerCase();
		if (key !== '' && !OF_BYTES.includes(key)) (given[key] ??= []).push(value);
	}
	return { 'content-type': typeOf(body, receiver), ...given };
}

function typeOf(
	body: string,
	{ readBodyAs, split }: Pick<ReceiverInput, 'readBodyAs' | 'split'>,
): string {
	if (split === 'cloudevents')
		return `application/cloudevents${body.trimStart().startsWith('[') ? '-batch' : ''}+json`;
	if (split === 'csv' || readBodyAs === 'csv') return 'text/csv';
	if (split === 'ndjson') return 'application/x-ndjson';
	if (readBodyAs === 'form') return 'application/x-www-form-urlencoded';
	// What begins like JSON is meant to be some: where it is not, that is what is to be told.
	const isJson = readBodyAs === 'json' || /^\s*[[{]/.test(body) || isJsonText(body);
	return isJson ? 'application/json' : 'text/plain';
}
