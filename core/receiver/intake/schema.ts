import { CoreError, ReceiveError } from '../../errors';
import { exactBody, lenientBody, rememberBody } from '../../event/body';
import { bodyKind, contentTypeOf } from '../../event/body-kind';
import { decoderOf } from '../../event/charset';
import { withoutContentCoding } from '../../event/content-headers';
import type { Event, Headers } from '../../event/event';
import { decodeUtf8 } from '../../event/utf8';
import {
	checkRecord,
	isRecord,
	withoutId,
	type RecordFault,
	type SchemaRecord,
} from '../schema/check-record';
import type { CompiledSchema } from '../schema/compile-schema';
import { recordId } from '../schema/record-id';
import { atEvent } from './at-event';

/** What did not fit of a request that was taken all the same, since the schema only reports. */
export interface Mismatches {
	/** Events. */
	mismatches?: number;
	/** What is wrong with the first of them. */
	mismatch?: CoreError;
}

/** Holds the events of one request against a schema. */
export type CheckEvent = (event: Event, index?: number) => Event;

/**
 * The step for the events of a request, before anything is found in their bodies: each is a record of the schema, has its id, and the body
 * of one that was converted is written anew, as JSON. Any other keeps its bytes.
 *
 * @param trace is told of each event that is passed on as it came (`report`)
 * @returns throws CoreError: ERR_SCHEMA_MISMATCH, ERR_BODY_UNREADABLE, ERR_CONTENT_TYPE; with the position of the event where there are several
 */
export function schemaChecker(schema: CompiledSchema, trace: Mismatches): CheckEvent {
	const headersOf = writtenHeaders();
	return (event, index) => {
		try {
			return check(event, schema, headersOf);
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			const located = index === undefined ? error : atEvent(error, index);
			if (schema.mode !== 'report') throw located;
			trace.mismatches = (trace.mismatches ?? 0) + 1;
			trace.mismatch ??= located;
			return asItCame(event, schema);
		}
	};
}

function check(event: Event, schema: CompiledSchema, headersOf: (event: Event) => Headers): Event {
	const given = valueOf(event);
	const checked = checkRecord(given, schema);
	if ('fault' in checked) throw mismatch(checked.fault);
	const record = withSource(checked.record, event, schema);
	const id = recordId(record, schema);
	if (id === undefined) throw mismatch(withoutId(schema.unique));
	if (record === given) return { ...event, recordId: id };
	return { ...written(event, record, headersOf(event)), recordId: id };
}

/** With the member that says where it comes from (O33): whoever pushes it cannot say so itself. */
function withSource(
	record: SchemaRecord,
	{ source }: Event,
	{ sourceField }: CompiledSchema,
): SchemaRecord {
	if (sourceField === undefined || source === undefined) return record;
	const others = Object.entries(record).filter(([name]) => name !== sourceField);
	return Object.fromEntries([...others, [sourceField, source]]);
}

/** A record that does not fit is one all the same. */
function asItCame(event: Event, schema: CompiledSchema): Event {
	try {
		const value = valueOf(event);
		const id = isRecord(value) ? recordId(value, schema) : undefined;
		return id === undefined ? event : { ...event, recordId: id };
	} catch {
		return event;
	}
}

/** A text has no fields, though it may look like JSON: the receiver can be told to read it so. */
function valueOf(event: Event): unknown {
	const kind = bodyKind(event);
	if (kind !== 'text' && kind !== 'binary') return exactBody(event);
	throw mismatch({
		reason: 'not_an_object',
		message: `expected a JSON object, as the receiver has a schema, got a ${kind} body; it can be told to read bodies as JSON`,
	});
}

function written(event: Event, record: SchemaRecord, headers: Headers): Event {
	const text = JSON.stringify(record);
	const made: Event = {
		...event,
		...{ headers, body: new TextEncoder().encode(text) },
		...(event.readAs === undefined ? {} : { readAs: 'json' }),
	};
	const hasOnlyDoubles = lenientBody(event) === exactBody(event);
	rememberBody(made, text, hasOnlyDoubles ? record : undefined);
	return made;
}

/** Those of a body that is JSON in UTF-8 now; all events of a request that share theirs go on to. */
function writtenHeaders(): (event: Event) => Headers {
	let last: { readonly from: Headers; readonly to: Headers } | undefined;
	return (event) => {
		if (last?.from === event.headers) return last.to;
		const to: Record<string, readonly string[]> = withoutContentCoding(event.headers);
		const { parameters } = contentTypeOf(event);
		const isUtf8 = decoderOf(parameters.get('charset')) === decodeUtf8;
		const kind = bodyKind(event);
		if (!isUtf8 || (kind !== 'json' && kind !== 'none')) to['content-type'] = ['application/json'];
		last = { from: event.headers, to };
		return to;
	};
}

function mismatch({ reason, field, message }: RecordFault): ReceiveError {
	return new ReceiveError('ERR_SCHEMA_MISMATCH', message, {
		details: { reason, ...(field === undefined ? {} : { field }) },
	});
}
