import type { AttemptReport } from '../delivery/attempt';
import type { Logger } from '../runtime/logger';
import { named } from './holder-logger';

/**
 * A line of the log for an attempt that ended. What an endpoint writes is kept with the batch for who looks at it, and is in no log.
 *
 * @param label of the export, where it is held
 */
export function logAttempt(
	logger: Logger,
	{ answer, ...report }: AttemptReport,
	label: string | undefined,
): void {
	const name = named(label, report.exportId);
	// Later attempts are of the same batch.
	const closed = report.number === 1 ? ` (${report.reason})` : '';
	const attempt = `attempt ${report.number}${closed}`;
	const what = `delivery of ${report.count} rows of ${name}, ${attempt}: ${report.outcome}`;
	const why = report.error ? ` (${report.error.code}: ${report.error.message})` : '';
	logger[report.error ? 'warn' : 'debug'](`${what}${why}`, {
		...report,
		...(answer ? { status: answer.status } : {}),
	});
}
