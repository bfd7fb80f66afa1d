import { constants, fsyncSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { Descriptor } from './descriptor';

/** What the store had answered for when it was last written (S52). */
export interface WitnessRecord {
	readonly storeId: string;
	readonly commitNumber: number;
	/** Rows appended since the store exists. */
	readonly appendedRows: number;
	readonly nextBatch: number;
}

const MAGIC = Buffer.from('SLUICEW1');
const LENGTH = 64;
const CRC_AT = LENGTH - 4;

/**
 * `store.wit`: 64 bytes beside the database, written after each commit and before its answers, never synced. SQLite takes a
 * damaged or missing WAL for its end and loses every later commit without an error (S49); the witness knows better. It cannot
 * be ahead falsely: what it speaks of was synced before. It may be behind, after power was lost.
 */
export class Witness {
	readonly #file: Descriptor;
	readonly #bytes = Buffer.alloc(LENGTH);
	/** As found at open. */
	readonly found: WitnessRecord | 'missing' | 'damaged';

	constructor(path: string) {
		this.#file = new Descriptor(path, constants.O_RDWR | constants.O_CREAT);
		try {
			this.found = this.#read();
		} catch (error) {
			this.#file.close();
			throw error;
		}
	}

	write(record: WitnessRecord): void {
		writeSync(this.#file.number, toWitnessBytes(record, this.#bytes), 0, LENGTH, 0);
	}

	/** Once, when a store is made: so that one without a witness is never taken for young. */
	sync(): void {
		fsyncSync(this.#file.number);
	}

	close(): void {
		this.#file.close();
	}

	#read(): WitnessRecord | 'missing' | 'damaged' {
		const bytes = Buffer.alloc(LENGTH);
		return parseWitness(bytes.subarray(0, readSync(this.#file.number, bytes, 0, LENGTH, 0)));
	}
}

/** @param bytes taken for it, where there are some */
export function toWitnessBytes(
	{ storeId, commitNumber, appendedRows, nextBatch }: WitnessRecord,
	bytes = Buffer.alloc(LENGTH),
): Buffer {
	bytes.fill(0);
	MAGIC.copy(bytes, 0);
	bytes.write(storeId.replaceAll('-', ''), 8, 'hex');
	bytes.writeBigUInt64LE(BigInt(commitNumber), 24);
	bytes.writeBigUInt64LE(BigInt(appendedRows), 32);
	bytes.writeBigUInt64LE(BigInt(nextBatch), 40);
	bytes.writeUInt32LE(crc32(bytes.subarray(0, CRC_AT)), CRC_AT);
	return bytes;
}

export function parseWitness(bytes: Buffer): WitnessRecord | 'missing' | 'damaged' {
	if (bytes.byteLength === 0) return 'missing';
	const isSound =
		bytes.byteLength >= LENGTH &&
		bytes.subarray(0, 8).equals(MAGIC) &&
		bytes.readUInt32LE(CRC_AT) === crc32(bytes.subarray(0, CRC_AT));
	if (!isSound) return 'damaged';
	return {
		storeId: toUuid(bytes.toString('hex', 8, 24)),
		commitNumber: Number(bytes.readBigUInt64LE(24)),
		appendedRows: Number(bytes.readBigUInt64LE(32)),
		nextBatch: Number(bytes.readBigUInt64LE(40)),
	};
}

function toUuid(hex: string): string {
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
