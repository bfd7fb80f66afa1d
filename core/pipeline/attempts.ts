import type { AttemptReport } from '../delivery/attempt';
import type { Logger } from '../runtime/logger';
import type { LastFailure } from './held';
import { named } from './holder-logger';

/** What became of deliveries: a line of the log for each attempt, and the last failure of exports whose newest attempt failed. */
export class Attempts {
	readonly #logger: Logger;
	readonly #failures = new Map<string, LastFailure>();

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	lastFailure(exportId: string): LastFailure | undefined {
		return this.#failures.get(exportId);
	}

	forget(exportId: string): void {
		this.#failures.delete(exportId);
	}

	/** @param label of the export, where it is held */
	ended(report: AttemptReport, label: string | undefined): void {
		// What an endpoint writes is for who looks at the export, and for no log.
		const { answer, ...logged } = report;
		const name = named(label, report.exportId);
		const what = `delivery of ${report.count} rows of ${name}, attempt ${report.number}: ${report.outcome}`;
		const why = report.error ? ` (${report.error.code}: ${report.error.message})` : '';
		this.#logger[report.error ? 'warn' : 'debug'](`${what}${why}`, {
			...logged,
			...(answer ? { status: answer.status } : {}),
		});
		if (report.error) {
			const failure = { at: report.startedAt, ...report.error, ...(answer ? { answer } : {}) };
			this.#failures.set(report.exportId, failure);
		} else if (report.outcome === 'ack') this.#failures.delete(report.exportId);
	}
}
