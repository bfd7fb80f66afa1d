/**
 * Which batches are in which file, and up to which byte: a line of JSON for each batch, on disk before the batch is done, and after its
 * rows. What is not in it was never written: bytes of a file behind its last batch are cut off after a crash, and a batch that comes
 * again is known here.
 */
import { open, readFile, rename, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DeliveryError } from '../../errors';
import { systemCode } from '../../runtime/system-reason';
import { closeIfFailed } from './close-if-failed';
import { syncDirectory } from './sync-directory';

/** A batch that is in a file. */
export interface WrittenBatch {
	/** The idempotency key. */
	readonly key: string;
	/** Of the file. */
	readonly number: number;
	/** When the file was begun. */
	readonly beganAt: number;
	/** Of the file with this batch, bytes. */
	readonly end: number;
	readonly rows: number;
}

/**
 * Lines that stay. Only batches that were not acked come again: as many as were under way at once (at most 100), whatever happened.
 */
const KEPT_LINES = 1_000;
const MAX_LINES = 3_000;

/** The first line; a ledger of another kind is left alone. */
const FORMAT = '{"ledger":1}\n';

export class Ledger {
	readonly #path: string;
	#handle: FileHandle;
	#lines: WrittenBatch[];
	#keys: Map<string, WrittenBatch>;

	private constructor(path: string, handle: FileHandle, lines: WrittenBatch[]) {
		this.#path = path;
		this.#handle = handle;
		this.#lines = lines;
		this.#keys = new Map(lines.map((line) => [line.key, line]));
	}

	/**
	 * Reads it, or makes it. A last line that did not get on disk as a whole is cut off.
	 *
	 * @throws DeliveryError ERR_SINK_UNAVAILABLE for one that cannot be read; the error of the file system
	 */
	static async open(path: string): Promise<Ledger> {
		const text = await readText(path);
		const whole = text.slice(0, text.lastIndexOf('\n') + 1);
		const lines = whole === '' ? [] : parse(whole, path);
		if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
		const handle = await open(path, 'a', 0o600);
		if (whole === '')
			await closeIfFailed(handle, async () => {
				await append(handle, FORMAT);
				await syncDirectory(dirname(path));
			});
		return new Ledger(path, handle, lines);
	}

	find(key: string): WrittenBatch | undefined {
		return this.#keys.get(key);
	}

	/** The batch that was written last. */
	get last(): WrittenBatch | undefined {
		return this.#lines.at(-1);
	}

	/** Of those that are known still. */
	batchesOf(number: number): readonly WrittenBatch[] {
		return this.#lines.filter((one) => one.number === number);
	}

	/** @returns when it is on disk; where that fails the ledger is to be opened again, since nobody knows what is there */
	async add(batch: WrittenBatch): Promise<void> {
		await append(this.#handle, `${JSON.stringify(batch)}\n`);
		this.#lines.push(batch);
		this.#keys.set(batch.key, batch);
		if (this.#lines.length >= MAX_LINES) await this.#rewrite(this.#lines.slice(-KEPT_LINES));
	}

	/** Of a file that is shorter than it was: batches that are not in it any more, which are forgotten. */
	async cut(number: number, size: number): Promise<readonly WrittenBatch[]> {
		const isLost = (one: WrittenBatch): boolean => one.number === number && one.end > size;
		const lost = this.#lines.filter(isLost);
		if (lost.length > 0) await this.#rewrite(this.#lines.filter((one) => !isLost(one)));
		return lost;
	}

	async close(): Promise<void> {
		await this.#handle.close();
	}

	/** Aside, then under its name. */
	async #rewrite(lines: WrittenBatch[]): Promise<void> {
		const aside = `${this.#path}.new`;
		const fresh = await open(aside, 'w', 0o600);
		await closeIfFailed(fresh, async () => {
			await append(fresh, FORMAT + lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
			await rename(aside, this.#path);
			await syncDirectory(dirname(this.#path));
		});
		const former = this.#handle;
		this.#handle = fresh;
		this.#lines = lines;
		this.#keys = new Map(lines.map((line) => [line.key, line]));
		await former.close();
	}
}

async function append(handle: FileHandle, text: string): Promise<void> {
	await handle.appendFile(text);
	await handle.datasync();
}

async function readText(path: string): Promise<string> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return '';
		throw error;
	}
}

function parse(text: string, path: string): WrittenBatch[] {
	if (!text.startsWith(FORMAT)) throw unreadable(path, 'begins as none of this release does');
	const lines = text.slice(FORMAT.length).split('\n').slice(0, -1);
	return lines.map((line, index) => {
		try {
			const one = JSON.parse(line) as WrittenBatch;
			const { key, number, beganAt, end, rows } = one;
			const numbers = [number, beganAt, end, rows];
			if (typeof key === 'string' && numbers.every((each) => Number.isFinite(each))) return one;
		} catch {
			// told below
		}
		throw unreadable(path, `is damaged in line ${index + 2}`);
	});
}

function unreadable(path: string, what: string): DeliveryError {
	const message = `${path} ${what}, so nobody knows which batches are in which file; nothing was written. Move its folder away to begin anew: then batches that were written and not acked before would come twice`;
	return new DeliveryError('ERR_SINK_UNAVAILABLE', message);
}
