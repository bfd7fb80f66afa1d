/**
 * The functions a template may call (K89), as host functions of the Jsonnet engine. What they read belongs to the event, so
 * every one is pure for one event; paths, formats and header names that are literals are read once per template.
 *
 * | Call | Result | Fails when |
 * |---|---|---|
 * | `Ip()` | address text | never |
 * | `Now(format)` | time of receipt, strftime in UTC | the format has an unknown letter (K98) |
 * | `Header(header, default)` | first value; without a name the object of K84 | missing and no default (K96) |
 * | `HeaderStr()` | one line per header (K97) | never |
 * | `Body(path, default)` | value at the path; without one the whole body | not found and no default, unreadable (K94, K95) |
 * | `BodyStr()` | the body as text, whatever its type | never |
 * | `RecordId(default)` | id of the record that the body is | it is none and has no default |
 * | `Operation()` | `push`, or `delete` of what deletes from a dataset | never |
 * | `Stale()` | whether a newer event of its device and type came before it | never |
 * | `ParseTime(value, format, default)` | milliseconds since the epoch | it does not fit and has no default |
 * | `FormatTime(time, format, zone)` | text by strftime | no time, format or zone |
 *
 * Every text parameter has a `maxLength`: an argument may be computed, and the function reads all of it.
 *
 * To add one: a function here, a line in this table, its cases.
 */
import { bodyText, decodedBody, type Profile } from '../../event/body';
import { CoreError, ReceiveError } from '../../errors';
import type { Event } from '../../event/event';
import type { HostArgument, HostFunction } from '../../jsonnet/host-function';
import { canonicalName, firstHeader, headerObject, headerText } from './headers';
import { MAX_PATH_LENGTH, parsePath, readSteps, type PathStep } from '../../pure/path';
import { recordIdOf } from '../columns/record-id';
import { pathNotFound } from '../path-not-found';
import { DEFAULT_TIME_FORMAT, MAX_TIME_FORMAT, parseTimeFormat } from './strftime';
import { FormatTime, ParseTime } from './times';

export function templateGlobals(profile: Profile): Record<string, HostFunction<Event>> {
	return {
		Ip: { params: [], call: (event) => event.ip },
		Now,
		Header: header(profile),
		HeaderStr: { params: [], call: headerText },
		Body: body(profile),
		BodyStr: { params: [], call: bodyText },
		RecordId,
		Operation: { params: [], call: ({ operation = 'push' }) => operation },
		Stale: { params: [], call: ({ stale = false }) => stale },
		ParseTime,
		FormatTime,
	};
}

/** UTF-16 units of the name of a header; Node takes 16 KiB for all headers of a request. */
const MAX_HEADER_NAME = 1_000;

const Now: HostFunction<Event> = {
	params: [{ name: 'format', optional: true, maxLength: MAX_TIME_FORMAT }],
	call: ({ receivedAt }, [format]) =>
		parseTimeFormat(textOf('format', format) ?? DEFAULT_TIME_FORMAT)(new Date(receivedAt)),
	prepare([format]) {
		const write = valid(() => parseTimeFormat(textOf('format', format) ?? DEFAULT_TIME_FORMAT));
		return write && (({ receivedAt }) => write(new Date(receivedAt)));
	},
};

const RecordId: HostFunction<Event> = {
	params: [{ name: 'default', optional: true, lazy: true }],
	call: (event, [fallback]) =>
		fallback === undefined ? recordIdOf(event) : (event.recordId ?? fallback),
};

function header(profile: Profile): HostFunction<Event> {
	const read = (event: Event, name: string, fallback: HostArgument): unknown => {
		if (name === '') return headerObject(event);
		const value = firstHeader(event.headers, name.toLowerCase());
		// An empty value is found by the stream profile only (K96).
		if (value !== undefined && (value !== '' || profile === 'stream')) return value;
		if (fallback !== undefined) return fallback;
		throw new Error(`header ${JSON.stringify(canonicalName(name))} not found`);
	};
	return {
		params: [
			{ name: 'header', optional: true, maxLength: MAX_HEADER_NAME },
			{ name: 'default', optional: true, lazy: true },
		],
		call: (event, [name, fallback]) => read(event, textOf('header', name) ?? '', fallback),
	};
}

function body(profile: Profile): HostFunction<Event> {
	const read = (
		event: Event,
		path: string,
		steps: readonly PathStep[],
		fallback: HostArgument,
	): unknown => {
		const value = readSteps(readableBody(event, profile), steps);
		if (value !== undefined) return value;
		if (fallback !== undefined) return fallback;
		throw pathNotFound(path);
	};
	return {
		params: [
			{ name: 'path', optional: true, maxLength: MAX_PATH_LENGTH },
			{ name: 'default', optional: true, lazy: true },
		],
		call(event, [given, fallback]) {
			const path = textOf('path', given) ?? '';
			return read(event, path, parsePath(path), fallback);
		},
		prepare([given]) {
			const path = typeof given === 'string' ? given : given === undefined ? '' : undefined;
			const steps = path === undefined ? undefined : valid(() => parsePath(path));
			if (path === undefined || steps === undefined) return undefined;
			return (event, [, fallback]) => read(event, path, steps, fallback);
		},
	};
}

/** A parse error keeps its code, and so its status (K70). */
function readableBody(event: Event, profile: Profile): unknown {
	try {
		return decodedBody(event, profile);
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		const { code, message, details } = error;
		throw new ReceiveError(code, `cannot parse request body: ${message}`, { details });
	}
}

function textOf(parameter: string, value: HostArgument): string | undefined {
	if (value === undefined || typeof value === 'string') return value;
	throw new Error(`parameter ${parameter} must be a string`);
}

/** A literal that is wrong fails when the template runs, as upstream (K98), not when it is compiled. */
function valid<T>(parse: () => T): T | undefined {
	try {
		return parse();
	} catch {
		return undefined;
	}
}
