import { existsSync, fstatSync, readSync } from 'node:fs';
import { Descriptor } from '../descriptor';

/** The store never sets another one. */
export const PAGE_BYTES = 4_096;

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const WAL_MAGIC = { little: 0x377f0682, big: 0x377f0683 } as const;

/**
 * The pages of a database file as SQLite would see them, read without SQLite: the file, and over it the committed frames of
 * its WAL. For a file that SQLite refuses (S51). Formats: https://www.sqlite.org/fileformat2.html, sections 1 and 4.
 *
 * It keeps the file open until `close`, since closing it drops the process's locks on it (S14).
 */
export class PageImage {
	readonly pageCount: number;
	/** undefined: it is gone, and only its log is there. */
	readonly #file: Descriptor | undefined;
	readonly #wal: Descriptor | undefined;
	/** Page → offset of its newest committed copy in the WAL. */
	readonly #frames: ReadonlyMap<number, number>;

	constructor(path: string) {
		[this.#file, this.#wal] = openBoth(path);
		try {
			const { frames, pageCount } = this.#wal === undefined ? noFrames() : readFrames(this.#wal);
			this.#frames = frames;
			const fileBytes = this.#file === undefined ? 0 : fstatSync(this.#file.number).size;
			const filePages = Math.ceil(fileBytes / PAGE_BYTES);
			this.pageCount = Math.max(pageCount, filePages);
		} catch (error) {
			this.close();
			throw error;
		}
	}

	/** Pages count from 1; undefined where the file ends before. */
	read(page: number): Buffer | undefined {
		if (!Number.isInteger(page) || page < 1 || page > this.pageCount) return undefined;
		const offset = this.#frames.get(page);
		return offset === undefined || this.#wal === undefined
			? readAt(this.#file, (page - 1) * PAGE_BYTES, PAGE_BYTES)
			: readAt(this.#wal, offset, PAGE_BYTES);
	}

	close(): void {
		this.#file?.close();
		this.#wal?.close();
	}
}

function openBoth(path: string): [Descriptor | undefined, Descriptor | undefined] {
	const open = (one: string) => (existsSync(one) ? new Descriptor(one, 'r') : undefined);
	const file = open(path);
	try {
		return [file, open(`${path}-wal`)];
	} catch (error) {
		file?.close();
		throw error;
	}
}

function noFrames() {
	return { frames: new Map<number, number>(), pageCount: 0 };
}

/** Frames up to the last commit before the first one that is not whole, as SQLite's recovery takes them (S49). */
function readFrames(wal: Descriptor) {
	const found = noFrames();
	const header = readAt(wal, 0, WAL_HEADER_BYTES);
	if (header === undefined || header.readUInt32BE(8) !== PAGE_BYTES) return found;
	const magic = header.readUInt32BE(0);
	if (magic !== WAL_MAGIC.little && magic !== WAL_MAGIC.big) return found;
	const isBig = magic === WAL_MAGIC.big;
	let sum = addToSum([0, 0], header.subarray(0, 24), isBig);
	if (!isSum(header, 24, sum)) return found;
	const pending = new Map<number, number>();
	for (let offset = WAL_HEADER_BYTES; ; offset += FRAME_HEADER_BYTES + PAGE_BYTES) {
		const frame = readAt(wal, offset, FRAME_HEADER_BYTES + PAGE_BYTES);
		if (frame === undefined) return found;
		const isOfThisLog = frame.subarray(8, 16).equals(header.subarray(16, 24));
		sum = addToSum(sum, frame.subarray(0, 8), isBig);
		sum = addToSum(sum, frame.subarray(FRAME_HEADER_BYTES), isBig);
		if (!isOfThisLog || !isSum(frame, 16, sum)) return found;
		pending.set(frame.readUInt32BE(0), offset + FRAME_HEADER_BYTES);
		const pagesAfterCommit = frame.readUInt32BE(4);
		if (pagesAfterCommit === 0) continue;
		for (const [page, at] of pending) found.frames.set(page, at);
		pending.clear();
		found.pageCount = pagesAfterCommit;
	}
}

function isSum(bytes: Buffer, at: number, [first, second]: Sum): boolean {
	return bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;
}

type Sum = readonly [number, number];

/** The Fibonacci-weighted checksum of section 4.2. */
function addToSum([first, second]: Sum, bytes: Buffer, isBig: boolean): Sum {
	let [a, b] = [first, second];
	for (let at = 0; at < bytes.byteLength; at += 8) {
		a = (a + (isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
		b = (b + (isBig ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
	}
	return [a, b];
}

function readAt(file: Descriptor | undefined, offset: number, length: number): Buffer | undefined {
	if (file === undefined) return undefined;
	const bytes = Buffer.alloc(length);
	try {
		return readSync(file.number, bytes, 0, length, offset) === length ? bytes : undefined;
	} catch {
		return undefined; // a sector that the disk cannot read is a damaged page
	}
}
