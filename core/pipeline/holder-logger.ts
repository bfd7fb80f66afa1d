import type { Logger } from '../runtime/logger';
import type { Holder } from './attached-receiver';

/** What a line is about, as its fields say. */
export interface LineSubject {
	readonly exportId?: unknown;
	readonly receiverId?: unknown;
}

/**
 * Log lines about a receiver or export go to the log of whoever holds it, so that a person finds them under the node that acted;
 * what concerns none of them goes to the pipeline's.
 */
export function holderLogger(
	fallback: Logger,
	holderOf: (subject: LineSubject) => Holder | undefined,
): Logger {
	const logger = (fields: LineSubject | undefined): Logger =>
		(fields && holderOf(fields)?.logger) ?? fallback;
	return {
		debug: (message, fields) => logger(fields).debug(message, fields),
		info: (message, fields) => logger(fields).info(message, fields),
		warn: (message, fields) => logger(fields).warn(message, fields),
		error: (message, fields) => logger(fields).error(message, fields),
	};
}

/** A name for people beside the id that everything else knows it by. */
export function named(label: string | undefined, id: string): string {
	return label === undefined || label === '' || label === id ? id : `"${label}" (${id})`;
}
