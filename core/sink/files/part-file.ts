/** A file that grows, aside, batch by batch. */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Slice } from '../formats/encode-rows';
import { closeIfFailed } from './close-if-failed';
import { syncDirectory } from './sync-directory';
import { BrokenOff } from './turns';

const PART = /^(\d+)((?:\.[a-z0-9]+)+)\.part$/;

/** What its name says; undefined for what is none. */
export function readPartName(name: string): { number: number; ending: string } | undefined {
	const [, number, ending] = PART.exec(name) ?? [];
	return number === undefined || ending === undefined
		? undefined
		: { number: Number(number), ending };
}

export function partName(number: number, ending: string): string {
	return `${number}${ending}.part`;
}

export interface PartFacts {
	readonly number: number;
	/** Such as `.csv.gz`. */
	readonly ending: string;
	readonly beganAt: number;
	/** What its rows have in common: rows with another one do not go into it. */
	readonly head: string;
}

export class PartFile {
	readonly path: string;
	readonly facts: PartFacts;
	readonly #handle: FileHandle;
	#bytes = 0;
	/** Whether the ledger has a batch of it; else there is nothing in it that anybody waits for. */
	hasBatches = false;

	private constructor(path: string, facts: PartFacts, handle: FileHandle) {
		this.path = path;
		this.facts = facts;
		this.#handle = handle;
	}

	/** @throws the error of the file system, also where it is there */
	static async create(folder: string, facts: PartFacts): Promise<PartFile> {
		const path = join(folder, partName(facts.number, facts.ending));
		const handle = await open(path, 'ax');
		await closeIfFailed(handle, () => syncDirectory(folder));
		return new PartFile(path, facts, handle);
	}

	/** As it is on disk. */
	get bytes(): number {
		return this.#bytes;
	}

	/**
	 * Writes slices behind what is there; compressed, each batch is a gzip member of its own, which readers put together.
	 *
	 * @param o.onStep after each piece
	 * @returns rows that were written
	 * @throws BrokenOff, the error of the file system, what `slices` throws; some of it is written then
	 */
	async append(
		slices: AsyncIterable<Slice>,
		o: { readonly gzip: boolean; readonly stop: AbortSignal; readonly onStep: () => void },
	): Promise<number> {
		let rows = 0;
		const write = async (bytes: Uint8Array): Promise<void> => {
			if (o.stop.aborted) throw new BrokenOff();
			await this.#handle.appendFile(bytes);
			this.#bytes += bytes.length;
			o.onStep();
		};
		async function* counted(): AsyncIterable<Uint8Array> {
			for await (const slice of slices) {
				rows += slice.rows;
				yield slice.bytes;
			}
		}
		if (!o.gzip) for await (const bytes of counted()) await write(bytes);
		else
			await pipeline(counted(), createGzip(), async (source: AsyncIterable<Uint8Array>) => {
				for await (const bytes of source) await write(bytes);
			});
		return rows;
	}

	async sync(): Promise<void> {
		await this.#handle.datasync();
	}

	async close(): Promise<void> {
		await this.#handle.close();
	}
}
