import { statfsSync } from 'node:fs';
import { BufferError } from '../../../errors';
import { RETRY_AFTER_MS } from '../defaults';

const MB = 1024 ** 2;
const WARN_EVERY_MS = 300_000;

/** Free bytes below which appends are refused (architecture, decision 12): min(max(256 MB, 5 %), 2 GB). */
export function defaultMinFreeBytes(totalBytes: number): number {
	return Math.min(Math.max(256 * MB, totalBytes * 0.05), 2_048 * MB);
}

export interface FreeSpaceOptions {
	readonly minFreeBytes: number | undefined;
	readonly warn: (message: string) => void;
	readonly measure?: () => { freeBytes: number; totalBytes: number };
}

/**
 * Refuses appends before the disk is full (S42): on a full disk SQLite is stuck, since claims and acks need room in the WAL too
 * (S45). Looks before every group that appends: statfs takes microseconds, a group's sync hundreds of them, and a lone row of
 * 2 KB takes ten times its size in the WAL (S44), so that counting bytes would look too late.
 */
export class FreeSpaceGuard {
	readonly #options: FreeSpaceOptions;
	readonly #measure: () => { freeBytes: number; totalBytes: number };
	#warnedAtMs = Number.NEGATIVE_INFINITY;
	#refusal: string | undefined;
	#demandedBytes = 0;

	constructor(directory: string, options: FreeSpaceOptions) {
		this.#options = options;
		this.#measure = options.measure ?? (() => measureDisk(directory));
	}

	/** Why appends are refused now. */
	get refusal(): string | undefined {
		return this.#refusal;
	}

	/** After the disk was full: appends wait until so much is free, so that they do not fill it again at once. */
	demand(bytes: number): void {
		this.#demandedBytes = bytes;
	}

	/** Whether so many bytes can be used without any append being refused for it. */
	hasRoomFor(bytes: number): boolean {
		const { freeBytes, totalBytes } = this.#measure();
		return freeBytes - bytes >= this.#leastBytes(totalBytes);
	}

	/** @param nowMs by the monotonic clock */
	look(nowMs: number): void {
		this.#refusal = this.#judge(nowMs);
	}

	/** @throws BufferError ERR_BUFFER_FULL */
	check(): void {
		if (this.#refusal === undefined) return;
		throw new BufferError('ERR_BUFFER_FULL', this.#refusal, { retryAfterMs: RETRY_AFTER_MS });
	}

	#judge(nowMs: number): string | undefined {
		const { freeBytes, totalBytes } = this.#measure();
		const minFreeBytes = Math.max(this.#leastBytes(totalBytes), this.#demandedBytes);
		if (freeBytes >= minFreeBytes) {
			this.#demandedBytes = 0;
			return undefined;
		}
		const refusal = `${freeBytes} bytes are free on the disk of the store, at least ${minFreeBytes} must stay free`;
		if (nowMs - this.#warnedAtMs >= WARN_EVERY_MS) {
			this.#warnedAtMs = nowMs;
			this.#options.warn(`appends are refused: ${refusal}`);
		}
		return refusal;
	}

	#leastBytes(totalBytes: number): number {
		return this.#options.minFreeBytes ?? defaultMinFreeBytes(totalBytes);
	}
}

function measureDisk(directory: string) {
	const { bavail, bsize, blocks } = statfsSync(directory);
	return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
