import type { Batch, Outcome } from '../../buffer/store';
import type { CoreError } from '../../errors';
import { FILES } from '../../pure/bounds';
import { systemClock, type Cancel, type Clock } from '../../runtime/clock';
import { silentLogger, type Logger } from '../../runtime/logger';
import { withUnreadable, type UnreadableRow } from '../read-rows';
import { reportedError } from '../reported-error';
import type { Attempt, Sink } from '../sink';
import { ExportFiles } from './export-files';
import { fileFault } from './file-fault';
import type { FilesSinkConfig } from './files-config';
import type { FilesNow } from './files-now';
import { BrokenOff, Turns } from './turns';

export interface FilesSinkPorts {
	/** Absolute path. */
	readonly directory: string;
	/** Of the export whose batches come; without it the first batch says it, and nothing is completed before that. */
	readonly exportId?: string | undefined;
	/** Of the export, for names; default: its id. */
	readonly label?: string | undefined;
	readonly clock?: Clock | undefined;
	readonly logger?: Logger | undefined;
	readonly now?: FilesNow | undefined;
}

/** Below the 5 s that a detach waits. */
const CLOSE_MS = 4_000;
/** When a file that could not be completed is tried again, unless a batch comes before. */
const AGAIN_MS = 30_000;

/**
 * Writes batches to files of a directory. A batch is done when it is on disk, in the file that grows; a file gets its name when it is
 * complete: by size, by age, when the columns change, and when the sink is closed. What the file system refuses comes again: nothing is
 * wrong with the rows. A batch that comes again is known by its key.
 */
export function createFilesSink(config: FilesSinkConfig, ports: FilesSinkPorts): Sink {
	const sink = new FilesSink(config, ports);
	return {
		start: () => sink.start(),
		deliver: (batch, attempt) => sink.deliver(batch, attempt),
		close: () => sink.close(),
	};
}

class FilesSink {
	readonly #config: FilesSinkConfig;
	readonly #ports: FilesSinkPorts;
	readonly #clock: Clock;
	readonly #logger: Logger;
	readonly #turns: Turns;
	#exportId: string | undefined;
	#files: ExportFiles | undefined;
	#cancelTimer: Cancel = () => {};
	#isClosed = false;

	constructor(config: FilesSinkConfig, ports: FilesSinkPorts) {
		this.#config = config;
		this.#ports = ports;
		this.#clock = ports.clock ?? systemClock;
		this.#logger = ports.logger ?? silentLogger;
		this.#exportId = ports.exportId;
		const { timeoutMs = FILES.timeoutMs.fallback } = config;
		this.#turns = new Turns({ clock: this.#clock, timeoutMs });
	}

	/** Completes what a crash has left. What goes wrong is told by the next batch. */
	start(): void {
		if (this.#exportId !== undefined) this.#completeLater(0);
	}

	async deliver(batch: Batch, { signal, onRequest, onPutAside }: Attempt): Promise<Outcome> {
		const startedAt = performance.now();
		const unreadable: UnreadableRow[] = [];
		this.#exportId ??= batch.exportId;
		try {
			const { rows, bytes } = await this.#turns.run(
				(stop) => this.#write(batch, unreadable, stop),
				{ signal },
			);
			onPutAside?.(unreadable);
			if (rows === 0) return withUnreadable(undefined, unreadable);
			onRequest({ ok: true, durationMs: performance.now() - startedAt, rows, bytes });
			return withUnreadable({ kind: 'ack' }, unreadable);
		} catch (error) {
			if (error instanceof BrokenOff) return { kind: 'release' };
			const fault = this.#faultOf(error);
			const durationMs = performance.now() - startedAt;
			onRequest({ ok: false, unreachable: true, durationMs, ...reportedError(fault) });
			return { kind: 'retry', error: fault };
		}
	}

	/** Completes the file that grows. Idempotent; never rejects. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#cancelTimer();
		const { timeoutMs = FILES.timeoutMs.fallback } = this.#config;
		const limit = { timeoutMs: Math.min(timeoutMs, CLOSE_MS) };
		await this.#turns
			.run(() => this.#leave(), limit)
			.catch((error: unknown) => {
				const { message } = this.#faultOf(error);
				this.#logger.warn(
					`files: a file that is not complete stays until the next start: ${message}`,
				);
			});
	}

	async #write(batch: Batch, unreadable: UnreadableRow[], stop: AbortSignal) {
		try {
			const files = await this.#open();
			const result = await files.write(batch, unreadable, stop);
			await this.#completeWhere(files);
			return result;
		} catch (error) {
			await this.#abandon();
			throw error;
		}
	}

	/** A batch that is written is done, whatever becomes of the name of its file. */
	async #completeWhere(files: ExportFiles): Promise<void> {
		try {
			if (files.isComplete) await files.complete();
			else this.#plan();
		} catch (error) {
			await this.#abandon();
			this.#completeLater(AGAIN_MS);
			this.#logger.warn(`files: a file could not be completed: ${this.#faultOf(error).message}`);
		}
	}

	async #open(): Promise<ExportFiles> {
		if (this.#isClosed) throw new BrokenOff();
		const { directory, label } = this.#ports;
		const exportId = this.#exportId ?? '';
		this.#files ??= await ExportFiles.open(this.#config, {
			...{ directory, exportId, label: label ?? exportId },
			...{ clock: this.#clock, logger: this.#logger, now: this.#ports.now },
			onStep: () => this.#turns.progressed(),
		});
		return this.#files;
	}

	/** When the file that grows is old enough. */
	#plan(): void {
		const beganAt = this.#files?.beganAt;
		if (beganAt === undefined) return;
		const { fileAgeMs = FILES.ageMs.fallback } = this.#config;
		this.#completeLater(beganAt + fileAgeMs - this.#clock.now());
	}

	#completeLater(ms: number): void {
		this.#cancelTimer();
		this.#cancelTimer = this.#clock.after(Math.max(0, ms), () => {
			void this.#turns
				.run(async () => this.#completeWhere(await this.#open()))
				.catch((error: unknown) => {
					if (error instanceof BrokenOff) return;
					this.#logger.warn(`files: ${this.#faultOf(error).message}`);
					this.#completeLater(AGAIN_MS);
				});
		});
	}

	async #leave(): Promise<void> {
		try {
			await this.#files?.complete();
		} finally {
			await this.#abandon();
		}
	}

	/** What is on disk is read again before anything else is written. */
	async #abandon(): Promise<void> {
		const files = this.#files;
		this.#files = undefined;
		await files?.close().catch(() => {});
	}

	#faultOf(error: unknown): CoreError {
		return fileFault(error, { name: this.#config.directory, path: this.#ports.directory });
	}
}
