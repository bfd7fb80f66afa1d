/**
 * The files of one export in one directory. Complete ones stand in the directory itself; what is not complete yet, and the ledger, in
 * `.sluice/<digest of the export>/`. A file gets its name by one renaming, so there is never a half one.
 *
 * Whatever goes wrong, nothing is mended in place: all is left as it is and opened anew, which is what happens after a crash, too.
 * Opening cuts what the ledger does not know, and completes the file that was begun.
 */
import { readdir, realpath, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '../../buffer/store';
import { FILES } from '../../pure/bounds';
import { FORMAT_ENDINGS } from '../../pure/format-names';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/logger';
import { csv } from '../formats/csv';
import { encodeRows } from '../formats/encode-rows';
import { findFormat } from '../formats/find-format';
import type { UnreadableRow } from '../read-rows';
import { fileName } from './file-names';
import type { FilesSinkConfig } from './files-config';
import type { FilesNow } from './files-now';
import { FolderLock } from './folder-lock';
import { Ledger } from './ledger';
import { exportFolder } from './own-folder';
import { PartFile, partName, readPartName } from './part-file';
import { publish } from './publish';
import { BrokenOff } from './turns';

export interface ExportFilesPorts {
	/** Absolute path of the directory. */
	readonly directory: string;
	readonly exportId: string;
	readonly label: string;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Called after each step that may take its time. */
	readonly onStep: () => void;
	readonly now?: FilesNow | undefined;
}

/** What became of a batch: it is in a file, now or since an attempt before. */
export interface WriteResult {
	/** Of it that are in the file; 0: none could be written, and it is not. */
	readonly rows: number;
	/** That were written now. */
	readonly bytes: number;
}

export class ExportFiles {
	readonly #config: FilesSinkConfig;
	readonly #ports: ExportFilesPorts;
	readonly #directory: string;
	readonly #folder: string;
	readonly #lock: FolderLock;
	readonly #ledger: Ledger;
	#part: PartFile | undefined;

	private constructor(
		config: FilesSinkConfig,
		ports: ExportFilesPorts,
		o: { directory: string; folder: string; lock: FolderLock; ledger: Ledger },
	) {
		this.#config = config;
		this.#ports = ports;
		this.#directory = o.directory;
		this.#folder = o.folder;
		this.#lock = o.lock;
		this.#ledger = o.ledger;
	}

	/**
	 * Completes what was begun before. The directory has to be there: one that is not mounted would be filled under its mount.
	 *
	 * @throws DeliveryError, the error of the file system
	 */
	static async open(config: FilesSinkConfig, ports: ExportFilesPorts): Promise<ExportFiles> {
		const directory = await realpath(ports.directory);
		const folder = await exportFolder(directory, ports.exportId);
		const lock = await FolderLock.take(folder, { ...ports, waitMs: ports.now?.waitMs });
		let ledger: Ledger | undefined;
		try {
			ledger = await Ledger.open(join(folder, 'ledger'));
			const files = new ExportFiles(config, ports, { directory, folder, lock, ledger });
			await files.#recover();
			return files;
		} catch (error) {
			await ledger?.close();
			await lock.release();
			throw error;
		}
	}

	/** When the file that grows was begun; undefined where none does. */
	get beganAt(): number | undefined {
		return this.#part?.facts.beganAt;
	}

	/**
	 * Writes a batch; when it resolves the batch is on disk. After an error these files are to be closed and opened anew.
	 *
	 * @param unreadable gets the rows that cannot be written
	 * @throws BrokenOff, DeliveryError, the error of the file system, what `batch.rows` throws
	 */
	async write(batch: Batch, unreadable: UnreadableRow[], stop: AbortSignal): Promise<WriteResult> {
		await this.#lock.check();
		const known = this.#ledger.find(batch.idempotencyKey);
		if (known) {
			await readThrough(batch, this.#config, unreadable);
			return { rows: known.rows, bytes: 0 };
		}
		const head = headOf(batch, this.#config);
		if (this.#part && (this.#part.facts.head !== head || this.#isOld())) await this.complete();
		const isFirst = this.#part === undefined;
		const part = this.#part ?? (await this.#begin(head));
		const { format = 'ndjson', csvHeader = true, gzip = false } = this.#config;
		const { onStep } = this.#ports;
		const before = part.bytes;
		const slices = encodeRows(batch, findFormat(format, { csvHeader: isFirst && csvHeader }), {
			unreadable,
		});
		const rows = await part.append(slices, { gzip, stop, onStep });
		if (rows === 0) return { rows, bytes: 0 };
		await part.sync();
		await this.#lock.check();
		if (stop.aborted) throw new BrokenOff();
		const { number, beganAt } = part.facts;
		const { idempotencyKey: key } = batch;
		await this.#ledger.add({ key, number, beganAt, end: part.bytes, rows });
		part.hasBatches = true;
		return { rows, bytes: part.bytes - before };
	}

	/** It is complete by its size or its age. */
	get isComplete(): boolean {
		const { fileBytes = FILES.bytes.fallback } = this.#config;
		return this.#part !== undefined && (this.#part.bytes >= fileBytes || this.#isOld());
	}

	/** Gives the file that grows its name. Does nothing where none does. */
	async complete(): Promise<void> {
		const part = this.#part;
		if (!part) return;
		this.#part = undefined;
		await part.close();
		if (part.hasBatches) await this.#publish(part.facts, part.bytes);
		else await rm(part.path, { force: true });
	}

	/** Leaves the file that grows as it is: whoever opens next completes it. */
	async close(): Promise<void> {
		const part = this.#part;
		this.#part = undefined;
		await Promise.allSettled([part?.close(), this.#ledger.close()]);
		await this.#lock.release();
	}

	async #begin(head: string): Promise<PartFile> {
		const number = (this.#ledger.last?.number ?? 0) + 1;
		const beganAt = this.#ports.clock.now();
		const part = await PartFile.create(this.#folder, {
			...{ number, beganAt, head },
			ending: endingOf(this.#config),
		});
		this.#part = part;
		return part;
	}

	#isOld(): boolean {
		const { fileAgeMs = FILES.ageMs.fallback } = this.#config;
		const began = this.beganAt ?? 0;
		const now = this.#ports.clock.now();
		// A clock that was put back must not keep it open for longer than it was meant.
		return now < began || now - began >= fileAgeMs;
	}

	/** After a crash, an error, or the end of the process. */
	async #recover(): Promise<void> {
		const { last } = this.#ledger;
		for (const name of await readdir(this.#folder)) {
			const found = readPartName(name);
			if (!found) continue;
			if (found.number !== last?.number) await rm(join(this.#folder, name), { force: true });
			else await this.#recoverPart(join(this.#folder, name), last, found.ending);
		}
	}

	/** Its last batch is the last of the ledger. What is behind that is of one that was not done, and comes again. */
	async #recoverPart(
		path: string,
		last: { readonly number: number; readonly beganAt: number },
		ending: string,
	): Promise<void> {
		const { number, beganAt } = last;
		const { size } = await stat(path);
		const lost = await this.#ledger.cut(number, size);
		if (lost.length > 0) {
			const rows = lost.reduce((sum, one) => sum + one.rows, 0);
			const { exportId, logger } = this.#ports;
			logger.error(
				`files of ${exportId}: ${path} is shorter than it was, and ${rows} rows that were written are gone; was its disk repaired, or it changed by somebody?`,
				{ exportId, rows },
			);
		}
		const left = this.#ledger.last;
		if (left?.number !== number) return rm(path, { force: true });
		await truncate(path, left.end);
		await this.#publish({ number, beganAt, ending }, left.end);
	}

	async #publish(
		facts: { readonly number: number; readonly beganAt: number; readonly ending: string },
		bytes: number,
	): Promise<void> {
		const { exportId, label, logger, now, onStep } = this.#ports;
		const [receiver = '', export_ = ''] = partsOf(exportId);
		const { number, beganAt, ending } = facts;
		const named = { receiver, export: export_, label, beganAt, number };
		const stem = fileName(this.#config.name ?? FILES.name, named);
		const part = join(this.#folder, partName(number, ending));
		const name = await publish(part, this.#directory, { stem, ending });
		onStep();
		logger.info(`files of ${exportId}: ${name} is complete`, { exportId, name });
		const batches = this.#ledger.batchesOf(number);
		const rows = batches.reduce((sum, one) => sum + one.rows, 0);
		const keys = batches.map(({ key }) => key);
		now?.onFile({ path: join(this.#directory, name), bytes, rows, keys });
	}
}

/** A full id is `<receiver>/<export>`, and an export has no `/`. */
function partsOf(exportId: string): [receiver: string, export_: string] {
	const at = exportId.lastIndexOf('/');
	return [exportId.slice(0, Math.max(0, at)), exportId.slice(at + 1)];
}

function endingOf({ format = 'ndjson', gzip }: FilesSinkConfig): string {
	return `${FORMAT_ENDINGS[format]}${gzip ? '.gz' : ''}`;
}

/** Also where no names are written: a table of other columns is another file. */
function headOf(batch: Batch, { format }: FilesSinkConfig): string {
	return format === 'csv' ? csv({ header: true }).frame(batch).head : '';
}

/** Finds the rows of it that cannot be written. */
async function readThrough(
	batch: Batch,
	{ format = 'ndjson' }: FilesSinkConfig,
	unreadable: UnreadableRow[],
): Promise<void> {
	for await (const _ of encodeRows(batch, findFormat(format), { unreadable }));
}
