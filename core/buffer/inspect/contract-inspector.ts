import { ConfigError } from '../../errors';
import type { DeadLetter, Store } from '../store';
import {
	type BatchSummary,
	type Finding,
	type InspectedRow,
	type RowState,
	SHOWN_BATCHES,
	type StoreInspector,
	type StoreSummary,
	type VerifyReport,
} from './store-inspector';

const DEAD_PAGE = 100;

/**
 * A store seen through its contract alone: enough for a summary and for dead letters. Waiting rows beyond a page, open batches
 * and a check of everything need an inspector that knows the tables.
 */
export class ContractInspector implements StoreInspector {
	readonly #store: Store;

	constructor(store: Store) {
		this.#store = store;
	}

	async summary(): Promise<StoreSummary> {
		const { kind, storeId, diskBytes, missingRows, quarantinedRows, warnings } =
			await this.#store.stats();
		const known = new Map((await this.#store.counters()).map((c) => [c.exportId, c]));
		const exports = [];
		for (const e of await this.#store.listExports()) {
			const counters = known.get(`${e.receiverId}/${e.id}`);
			if (counters === undefined) continue;
			const { exportId } = counters;
			const dead = await this.#store.deadLetters({ exportId, limit: SHOWN_BATCHES });
			const { label, mappingRevision, isDraining } = e;
			exports.push({
				...counters,
				label,
				mappingRevision,
				isDraining,
				deadLetters: dead.map(toSummary),
			});
		}
		return { kind, storeId, diskBytes, missingRows, quarantinedRows, problems: warnings, exports };
	}

	async verify(): Promise<VerifyReport> {
		throw notYet('verify', this.#store.kind);
	}

	async *rows(
		states: readonly RowState[],
		_onDamage: (finding: Finding) => void,
	): AsyncGenerator<InspectedRow[]> {
		if (states.some((state) => state !== 'dead')) {
			throw notYet('export of rows that are not dead', this.#store.kind);
		}
		for (let offset = 0; ; offset += DEAD_PAGE) {
			const letters = await this.#store.deadLetters({ limit: DEAD_PAGE, offset });
			for (const letter of letters) {
				const { batchId } = letter;
				for await (const slice of letter.rows()) {
					yield slice.map((row) => ({ state: 'dead', batchId, row }));
				}
			}
			if (letters.length < DEAD_PAGE) return;
		}
	}

	close(): Promise<void> {
		return this.#store.close();
	}
}

function toSummary({ batchId, count, sizeBytes, ...letter }: DeadLetter): BatchSummary {
	const { firstAt, attempts, deadAt, error } = letter;
	return { batchId, rows: count, bytes: sizeBytes, firstAt, attempts, deadAt, error };
}

function notYet(what: string, kind: string): ConfigError {
	return new ConfigError('store.kind', `"sqlite" (${what} is not there yet for ${kind})`, kind);
}
