import type { Alert } from '../alerts/alert';
import type { Counters } from '../buffer/store';
import type { AttemptReport, DeliveryRequest } from '../delivery/attempt';
import { describeThrown } from '../describe-thrown';
import type { CoreError } from '../errors';
import type { HealthChange } from '../health/export-health';
import type { Logger } from '../runtime/logger';

/** An attempt, with what people call its export and its destination. */
export interface DescribedAttempt extends AttemptReport {
	/** Absent where the export was detached meanwhile. */
	readonly label?: string;
	/** URL without user info and query; absent for the flow. */
	readonly destination?: string;
}

/** What `subscribe` hears. */
export type PipelineNotice =
	/** The events of one request that were stored. */
	| { readonly kind: 'accepted'; readonly receiverId: string; readonly eventIds: readonly string[] }
	| { readonly kind: 'refused'; readonly receiverId: string; readonly error: CoreError }
	/** Events of one request that do not fit the schema and were taken all the same, since it only reports; what is wrong with the first. */
	| {
			readonly kind: 'mismatched';
			readonly receiverId: string;
			readonly events: number;
			readonly first: CoreError;
	  }
	| ({ readonly kind: 'request' } & DeliveryRequest)
	| ({ readonly kind: 'attempt' } & DescribedAttempt)
	| { readonly kind: 'health'; readonly exportId: string; readonly change: HealthChange }
	| { readonly kind: 'alert'; readonly alert: Alert }
	| { readonly kind: 'counters'; readonly counters: Counters };

/** Tells whoever listens what happens in a pipeline. */
export class Notices {
	readonly #logger: Logger;
	readonly #listeners = new Set<(notice: PipelineNotice) => void>();

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	/** Until the returned function is called. A listener that throws is logged. */
	subscribe(listener: (notice: PipelineNotice) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	tell(notice: PipelineNotice): void {
		for (const listener of this.#listeners) {
			try {
				listener(notice);
			} catch (error) {
				// What it is told has happened, and its failure may not hold up deliveries.
				const message = `a listener failed: ${describeThrown(error)}`;
				this.#logger.error(message, { notice: notice.kind });
			}
		}
	}
}
