import {
	UNMAPPED_REVISION,
	type Batch,
	type DeadLetter,
	type KnownExport,
	type Store,
	type StoredExport,
} from '../../buffer/store';
import { fullExportId } from '../../config';
import { canonicalJson } from '../../pure/canonical-json';
import { transferBatches, transferDead, countLeft } from '../transfer';
import { beginMove, endMove } from './journal';

export interface MovedExport {
	readonly exportId: string;
	/** That wait there now. */
	readonly rows: number;
	readonly deadLetters: number;
	readonly deadRows: number;
	/** Rows that stay: a batch is with somebody, until a minute from now, or a dead letter names rows that are lost. */
	readonly left: number;
}

/** An export with its rows and dead letters; the empty one is removed. */
export async function moveExport(
	from: Store,
	to: Store,
	here: KnownExport,
	leaseMs: number | undefined,
): Promise<MovedExport> {
	const exportId = fullExportId(here);
	const journal = await beginMove(from, to, here);
	try {
		await to.nextRowId(exportId, await from.nextRowId(exportId));
		const revisions = new Revisions(to, journal.config);
		const transfer = {
			from: { store: from, exportId, isStrict: here.order === 'strict' },
			to: { store: to, exportId, receiverId: here.receiverId },
			leaseMs,
			prefix: 'move:',
			revisionOf: (of: Batch | DeadLetter) => revisions.of(of),
		};
		const rows = await transferBatches(transfer);
		const { letters: deadLetters, rows: deadRows } = await transferDead(transfer);
		const left = await countLeft(from, exportId);
		return { exportId, rows, deadLetters, deadRows, left };
	} finally {
		// Where that fails, too, the next one begins by the journal.
		await endMove(from, to, exportId, journal);
	}
}

/** Mapping revisions there, by how rows are laid out. One that the export does not have now is made, and the export is as it was again. */
class Revisions {
	readonly #to: Store;
	readonly #config: StoredExport;
	readonly #known = new Map<string, number>();

	constructor(to: Store, config: StoredExport) {
		this.#to = to;
		this.#config = config;
	}

	async of(rows: Batch | DeadLetter): Promise<number> {
		if (rows.mappingRevision === UNMAPPED_REVISION) return UNMAPPED_REVISION;
		const wanted = layoutOf(rows);
		if (this.#known.size === 0) await this.#put(this.#config);
		if (!this.#known.has(wanted)) {
			const { columns: _, ...config } = this.#config;
			const { output, columns } = rows;
			await this.#put({ ...config, output, ...(columns ? { columns } : {}) });
			await this.#put(this.#config);
		}
		return this.#known.get(wanted) ?? UNMAPPED_REVISION;
	}

	async #put(config: StoredExport): Promise<void> {
		const { mappingRevision } = await this.#to.putExport(config);
		this.#known.set(layoutOf(config), mappingRevision);
	}
}

function layoutOf({ output, columns }: Pick<StoredExport, 'output' | 'columns'>): string {
	return canonicalJson({ output, columns });
}
