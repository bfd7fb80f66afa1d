import { errorPlace } from '../error-place';
import { CoreError } from '../errors';
import type { Logger } from '../runtime/logger';

/** One line per refused push: the code, for a mapping the place. The message may quote the body, so it stays out. */
export function logRefusal(logger: Logger, receiverId: string, cause: unknown): void {
	if (!(cause instanceof CoreError)) {
		logger.error(`receiver ${receiverId} failed unexpectedly`, { cause, receiverId });
		return;
	}
	const { code } = cause;
	const place = errorPlace(cause);
	const where = place === undefined ? '' : ` at ${place}`;
	logger.info(`receiver ${receiverId} refused a request: ${code}${where}`, {
		code,
		receiverId,
		...(place === undefined ? {} : { place }),
	});
}
