/**
 * How many events the filter of an export has left out, over restarts and of all processes of a store. A document per export, written
 * behind: each process has a number of its own in it, so that what is written twice counts once. Numbers of processes that have written
 * nothing for long are added up in one; one that writes after all begins anew from there.
 */
import { WriteBehind } from '../buffer/write-behind';
import type { Documents } from '../buffer/documents';
import type { MetricPorts } from './kept-metrics';

/** Ids of the documents are the full ids of exports. */
export const LEFT_OUT_COLLECTION = 'left-out';

/** Processes with a number of their own; those that wrote last. */
const MAX_PROCESSES = 20;

interface LeftOut {
	/** Of processes that have no number any more. */
	readonly before: number;
	/** By process; who wrote last comes last. */
	readonly by: Readonly<Record<string, number>>;
}

/** What filters have left out, as far as this process knows: its own numbers at once, those of others as of its last write. */
export class LeftOutCounts {
	readonly #ports: MetricPorts;
	readonly #counts = new Map<string, LeftOutCount>();

	constructor(ports: MetricPorts) {
		this.#ports = ports;
	}

	/** Resolves when what was kept is known. Never rejects. */
	load(exportId: string): Promise<void> {
		return this.#of(exportId).load();
	}

	/** One more event. */
	add(exportId: string, events = 1): void {
		if (events > 0) this.#of(exportId).add(events);
	}

	total(exportId: string): number {
		return this.#counts.get(exportId)?.total ?? 0;
	}

	/** Resolves when what was counted until now is kept. Never rejects. */
	async keep(exportId: string): Promise<void> {
		await this.#counts.get(exportId)?.keep();
	}

	async close(): Promise<void> {
		await Promise.all([...this.#counts.values()].map((one) => one.close()));
		this.#counts.clear();
	}

	#of(exportId: string): LeftOutCount {
		const one = this.#counts.get(exportId) ?? new LeftOutCount(exportId, this.#ports);
		this.#counts.set(exportId, one);
		return one;
	}
}

class LeftOutCount {
	readonly #by: string;
	readonly #onError: (error: unknown) => void;
	readonly #kept: WriteBehind;
	/** Without the own number. */
	#others: LeftOut = { before: 0, by: {} };
	#own = 0;
	/** The own number as the document has it, as far as that is known; and as it is being written. */
	#written = 0;
	#writing = 0;
	#loading: Promise<void> | undefined;

	constructor(exportId: string, { documents, clock, by, onError }: MetricPorts) {
		this.#by = by;
		this.#onError = onError;
		this.#kept = new WriteBehind({
			documents: documents(),
			clock,
			collection: LEFT_OUT_COLLECTION,
			id: exportId,
			read: () => this.#read(),
			onKept: () => (this.#written = this.#writing),
			merge: (_mine, theirs) => this.#merge(theirs),
			onError,
		});
	}

	get total(): number {
		return this.#own + sumOf(this.#others);
	}

	load(): Promise<void> {
		return (this.#loading ??= this.#load());
	}

	add(events: number): void {
		this.#own += events;
		this.#kept.touch();
	}

	keep(): Promise<void> {
		return this.#kept.flush();
	}

	close(): Promise<void> {
		return this.#kept.close();
	}

	async #load(): Promise<void> {
		try {
			const kept = readLeftOut(await this.#kept.load());
			const { [this.#by]: own = 0, ...by } = kept.by;
			// Of this process, before its pipeline was opened again.
			this.#own += own;
			this.#written = own;
			this.#others = { before: kept.before, by };
		} catch (error) {
			this.#onError(error);
		}
	}

	#merge(theirs: unknown): LeftOut {
		// Removed or damaged: what is known of others is all there is.
		if (theirs === undefined) return this.#read();
		const kept = readLeftOut(theirs);
		const { [this.#by]: own = 0, ...by } = kept.by;
		// Where another one has added it to what was before, what has come since is new.
		if (own === 0) this.#own -= this.#written;
		this.#written = own;
		this.#others = { before: kept.before, by };
		return this.#read();
	}

	/** The oldest numbers become one. */
	#read(): LeftOut {
		const others = Object.entries(this.#others.by);
		const over = others.slice(0, Math.max(0, others.length - MAX_PROCESSES + 1));
		const before = over.reduce((sum, [, count]) => sum + count, this.#others.before);
		this.#others = { before, by: Object.fromEntries(others.slice(over.length)) };
		this.#writing = this.#own;
		return { before, by: { ...this.#others.by, [this.#by]: this.#own } };
	}
}

/**
 * As all processes have kept it, up to ten seconds old.
 *
 * @throws as `Documents.get`
 */
export async function readLeftOutTotal(documents: Documents, exportId: string): Promise<number> {
	return sumOf(readLeftOut((await documents.get(LEFT_OUT_COLLECTION, exportId))?.value));
}

function sumOf({ before, by }: LeftOut): number {
	return Object.values(by).reduce((sum, count) => sum + count, before);
}

/** As far as it can be read; another's build may have written it. */
function readLeftOut(value: unknown): LeftOut {
	const { before, by } = (value ?? {}) as Partial<Record<keyof LeftOut, unknown>>;
	const isCount = (count: unknown): count is number => Number.isSafeInteger(count);
	const counts = Object.entries(typeof by === 'object' && by !== null ? by : {});
	return {
		before: isCount(before) ? before : 0,
		by: Object.fromEntries(counts.filter(([, count]) => isCount(count))),
	};
}
