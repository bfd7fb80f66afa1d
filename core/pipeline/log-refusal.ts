import { errorPlace } from '../error-place';
import { CoreError } from '../errors';
import { named } from './holder-logger';
import type { Logger } from '../runtime/logger';

/** One line per refused push: the code, for a mapping the place. The message may quote the body, so it stays out. */
export function logRefusal(
	logger: Logger,
	receiver: { readonly id: string; readonly label: string | undefined },
	cause: unknown,
): void {
	const { id: receiverId } = receiver;
	const name = named(receiver.label, receiverId);
	if (!(cause instanceof CoreError)) {
		logger.error(`receiver ${name} failed unexpectedly`, { cause, receiverId });
		return;
	}
	const { code, details } = cause;
	const event = typeof details['index'] === 'number' ? `events[${details['index']}]` : undefined;
	const place =
		[event, exportsOf(cause), errorPlace(cause)].filter(Boolean).join(', ') || undefined;
	const where = place === undefined ? '' : ` at ${place}`;
	logger.info(`receiver ${name} refused a request: ${code}${where}`, {
		code,
		receiverId,
		...(place === undefined ? {} : { place }),
	});
}

/** Those that cannot take it. */
function exportsOf({ details: { exports } }: CoreError): string | undefined {
	if (!Array.isArray(exports)) return undefined;
	return `${exports.length === 1 ? 'buffer' : 'buffers'} ${exports.map((name) => JSON.stringify(name)).join(', ')}`;
}
