import { CoreError, type ErrorCode, MappingError, ReceiveError } from '../errors';
import { shorten } from '../message-text';

/** What one export says of an event that it cannot take. */
export interface FailedExport {
	/** As its receiver calls it. */
	readonly name: string;
	/** For people. */
	readonly label: string;
	readonly error: CoreError;
}

/** UTF-16 units of what each of several exports says. */
const MAX_SAID = 180;

/** They are about the body, whoever has asked for it. */
const OF_THE_BODY: readonly ErrorCode[] = ['ERR_BODY_UNREADABLE', 'ERR_CONTENT_TYPE'];

/**
 * Why an event is refused, for its sender: none of it is stored, so the sender is told of all exports that cannot take it at once (K69, K70).
 *
 * A body that cannot be read is told as such. Else it is the error of the export that failed, or ERR_EXPORTS_REFUSED with a line for each of
 * several; `details.exports` names them, `details.labels` as people do.
 *
 * @param of how many exports the event was offered to: a single one need not be named
 */
export function refusedByExports(failed: readonly FailedExport[], of: number): CoreError {
	const [first] = failed;
	if (first === undefined) throw new TypeError('no export has failed');
	const { code, message } = first.error;
	const isOneFault = failed.every(({ error }) => error.code === code && error.message === message);
	const details = {
		exports: failed.map(({ name }) => name),
		labels: failed.map(({ label }) => label),
	};
	if (isOneFault && OF_THE_BODY.includes(code)) return told(first.error, message, details);
	if (failed.length === 1) {
		return told(first.error, of === 1 ? message : lineOf(first, message), details);
	}
	const lines = failed.map((one) => `- ${lineOf(one, shorten(one.error.message, MAX_SAID))}`);
	return new MappingError(
		'ERR_EXPORTS_REFUSED',
		`${failed.length} exports cannot take the event:\n${lines.join('\n')}`,
		{ cause: first.error, details },
	);
}

function lineOf({ name }: FailedExport, message: string): string {
	return `export ${JSON.stringify(name)}: ${message}`;
}

function told(
	error: CoreError,
	message: string,
	about: Readonly<Record<string, unknown>>,
): CoreError {
	const options = { cause: error, details: { ...error.details, ...about } };
	if (error instanceof MappingError) return new MappingError(error.code, message, options);
	return error instanceof ReceiveError ? new ReceiveError(error.code, message, options) : error;
}
