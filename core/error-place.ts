/**
 * Where a mapping failed, for the people who run it: logs, dead letters, catch nodes, panels. The answer to a sender has the
 * message alone (K94, K100).
 */
import { CoreError, MappingError, ReceiveError } from './errors';
import { shorten, withHint } from './message-text';

/** Frames named in one line; `details.frames` has all. */
const SHOWN_FRAMES = 4;
const MAX_COLUMN_NAME = 128;

/**
 * The column or the field of a schema and, for a template, the lines and functions that led to the error, innermost first:
 * `column "t", 1:8-22 in field <a>, 3:5-9 in $`. undefined for an error of something else.
 */
export function errorPlace({ details }: CoreError): string | undefined {
	const { column, field, frames } = details;
	const parts: string[] = [];
	if (typeof column === 'string') {
		parts.push(`column ${JSON.stringify(shorten(column, MAX_COLUMN_NAME))}`);
	}
	if (typeof field === 'string') {
		parts.push(`field ${JSON.stringify(shorten(field, MAX_COLUMN_NAME))}`);
	}
	const shown = Array.isArray(frames) ? frames.filter(isFrame) : [];
	for (const { place, function: name } of shown.slice(0, SHOWN_FRAMES)) {
		parts.push(name === '' ? place : `${place} in ${name}`);
	}
	if (shown.length > SHOWN_FRAMES) parts.push('…');
	return parts.length === 0 ? undefined : parts.join(', ');
}

/** How to write it, where the message does not say so already. */
export function errorHint({ details, message }: CoreError): string | undefined {
	const { hint } = details;
	return typeof hint === 'string' && !message.includes(hint) ? hint : undefined;
}

/** The same error with its hint and its place behind the message; as it is where there is none to tell. */
export function locatedError(error: CoreError): CoreError {
	const place = errorPlace(error);
	const hint = errorHint(error);
	if (place === undefined && hint === undefined) return error;
	const options = { cause: error, details: error.details };
	const message = withHint(error.message, hint) + (place === undefined ? '' : ` (${place})`);
	if (error instanceof MappingError) return new MappingError(error.code, message, options);
	return error instanceof ReceiveError ? new ReceiveError(error.code, message, options) : error;
}

interface Frame {
	readonly place: string;
	readonly function: string;
}

function isFrame(value: unknown): value is Frame {
	const { place, function: name } = Object(value) as Partial<Record<keyof Frame, unknown>>;
	return typeof place === 'string' && typeof name === 'string';
}
