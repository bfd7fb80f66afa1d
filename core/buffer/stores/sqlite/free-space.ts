import { statfsSync } from 'node:fs';
import { BufferError } from '../../../errors';
import { RETRY_AFTER_MS } from '../defaults';
import { systemReason } from '../../../runtime/system-reason';

const MB = 1024 ** 2;
const WARN_EVERY_MS = 300_000;

/**
 * Free bytes below which appends are refused when nobody says (architecture, decision 12): min(max(256 MB, 5 %), 2 GB), but never
 * more than a quarter, so that the small partition of a gateway is a place for a store, too.
 */
export function defaultMinFreeBytes(totalBytes: number): number {
	return Math.min(Math.max(256 * MB, totalBytes * 0.05), 2_048 * MB, totalBytes / 4);
}

/** Ballast when nobody says (S46): 32 MB, on a small partition a sixteenth of it. */
export function defaultBallastBytes(totalBytes: number): number {
	return Math.floor(Math.min(32 * MB, totalBytes / 16));
}

export interface FreeSpaceOptions {
	readonly minFreeBytes: number | undefined;
	readonly warn: (message: string) => void;
	readonly measure: MeasureDisk;
}

/** What the disk of a directory has; the port at which tests put one of another size. */
export type MeasureDisk = () => { freeBytes: number; totalBytes: number };

/**
 * Refuses appends before the disk is full (S42): on a full disk SQLite is stuck, since claims and acks need room in the WAL too
 * (S45). Looks before every group that appends: statfs takes microseconds, a group's sync hundreds of them, and a lone row of
 * 2 KB takes ten times its size in the WAL (S44), so that counting bytes would look too late.
 */
export class FreeSpaceGuard {
	readonly #options: FreeSpaceOptions;
	readonly #measure: MeasureDisk;
	#warnedAtMs = Number.NEGATIVE_INFINITY;
	#measuredAtMs = 0;
	#refusal: string | undefined;
	#isShort = false;
	#demandedBytes = 0;

	constructor(options: FreeSpaceOptions) {
		this.#options = options;
		this.#measure = options.measure;
	}

	/** Why appends are refused now. */
	get refusal(): string | undefined {
		return this.#refusal;
	}

	/** Whether they are because too little is free, and not because nobody knows how much. */
	get isShort(): boolean {
		return this.#isShort;
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
	measure(nowMs: number): void {
		this.#measuredAtMs = nowMs;
		this.#isShort = false;
		try {
			this.#refusal = this.#judge();
			this.#isShort = this.#refusal !== undefined;
		} catch (error) {
			const reason = systemReason(error) ?? String(error);
			this.#refusal = `how much is free on the disk of the store cannot be read: ${reason}`;
		}
	}

	/** @throws BufferError ERR_BUFFER_FULL */
	check(): void {
		if (this.#refusal === undefined) return;
		if (this.#measuredAtMs - this.#warnedAtMs >= WARN_EVERY_MS) {
			this.#warnedAtMs = this.#measuredAtMs;
			this.#options.warn(`appends are refused: ${this.#refusal}`);
		}
		throw new BufferError('ERR_BUFFER_FULL', this.#refusal, { retryAfterMs: RETRY_AFTER_MS });
	}

	#judge(): string | undefined {
		const { freeBytes, totalBytes } = this.#measure();
		const minFreeBytes = Math.max(this.#leastBytes(totalBytes), this.#demandedBytes);
		if (freeBytes >= minFreeBytes) {
			this.#demandedBytes = 0;
			return undefined;
		}
		return (
			`${showMb(freeBytes)} are free on the disk of the store, at least ${showMb(minFreeBytes)} must stay free: ` +
			`make room there, or lower the space to keep free of the store (limits.minFreeBytes)`
		);
	}

	#leastBytes(totalBytes: number): number {
		return this.#options.minFreeBytes ?? defaultMinFreeBytes(totalBytes);
	}
}

export function showMb(bytes: number): string {
	return `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
}

export function measureDisk(directory: string) {
	const { bavail, bsize, blocks } = statfsSync(directory);
	return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
