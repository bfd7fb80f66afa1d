import { type FinalFailure, finalFailure, type KeptFailure } from './kept-failure';

/** Why retention puts rows aside: what went wrong last stays with them. */
export function expired(nowAt: number, last?: KeptFailure): FinalFailure {
	const why = last === undefined ? '' : `; the last attempt: ${last.code} ${last.message}`;
	const error = {
		code: 'ERR_DELIVERY_EXHAUSTED',
		message: `older than the retention of its export${why}`,
	};
	return { ...finalFailure(nowAt, error), status: last?.status, text: last?.text };
}

/** What retention did to an export, in words (S38): never in silence. */
export type Expired = 'put aside' | 'dropped' | 'removed';

const WORDS = {
	'put aside': (e: string, n: number) =>
		`${n} rows of export ${e} were older than its retention and are dead letters now; replay them, or they go in 7 days`,
	dropped: (e: string, n: number) =>
		`${n} rows of export ${e} were older than its retention and are dropped (drop-oldest)`,
	removed: (e: string, n: number) =>
		`dead letters of export ${e} with ${n} rows were 7 days old and are removed`,
} as const satisfies Record<Expired, (exportId: string, rows: number) => string>;

/** Counts what one sweep does, and tells it when the sweep has ended. */
export class ExpiryReport {
	readonly #counts = new Map<string, { exportId: string; what: Expired; rows: number }>();

	add(exportId: string, what: Expired, rows: number): void {
		const key = `${what} ${exportId}`;
		const known = this.#counts.get(key)?.rows ?? 0;
		this.#counts.set(key, { exportId, what, rows: known + rows });
	}

	tell(warn: (message: string) => void): void {
		for (const { exportId, what, rows } of this.#counts.values()) {
			if (rows > 0) warn(WORDS[what](exportId, rows));
		}
		this.#counts.clear();
	}
}
