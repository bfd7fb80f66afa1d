import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../../../../core/buffer/store';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import {
	defaultMinFreeBytes,
	FreeSpaceGuard,
} from '../../../../core/buffer/stores/sqlite/free-space';
import { openDatabase } from '../../../../core/buffer/stores/sqlite/open-database';
import { judgeNetwork } from '../../../../core/buffer/stores/sqlite/place';
import { applyPragmas, readPragma } from '../../../../core/buffer/stores/sqlite/pragmas';
import {
	decodeRow,
	encodedLength,
	encodeRow,
	findRows,
	payloadLength,
	rowAt,
} from '../../../../core/buffer/stores/row-codec';
import { packError, unpackError } from '../../../../core/buffer/stores/sqlite/thrown-error';
import { Witness } from '../../../../core/buffer/stores/sqlite/witness';
import { requireSqlite } from '../../../../core/buffer/stores/sqlite/worker-location';
import { BufferError } from '../../../../core/errors';

const MB = 1024 ** 2;
const GB = 1024 ** 3;

describe('parts of the sqlite store', () => {
	let directory = '';
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-parts-'));
	});
	afterEach(() => {
		rmSync(directory, { recursive: true });
	});

	describe('pragmas (S10)', () => {
		const settings = [
			{ durability: 'full', synchronous: 2 },
			{ durability: 'normal', synchronous: 1 },
		] as const;
		for (const { durability, synchronous } of settings) {
			it(`read back as set with durability ${durability}`, () => {
				const connection = new Connection(join(directory, 'store.db'));
				applyPragmas(connection, durability);
				const expected = {
					busy_timeout: 0,
					locking_mode: 'exclusive',
					auto_vacuum: 2,
					journal_mode: 'wal',
					synchronous,
					wal_autocheckpoint: 1_000,
					journal_size_limit: 16 * MB,
					mmap_size: 0,
				};
				for (const [name, value] of Object.entries(expected)) {
					assert.equal(readPragma(connection, name), value, name);
				}
				connection.close();
			});
		}

		it('that do not take are an error, never a silent default', () => {
			const connection = new Connection(':memory:'); // cannot have a WAL
			assert.throws(() => applyPragmas(connection, 'full'), {
				code: 'ERR_STORE_UNAVAILABLE',
				message: /journal_mode=WAL/,
			});
			connection.close();
		});
	});

	describe('database', () => {
		it('of a newer format is refused (S17)', () => {
			const options = { durability: 'full', nowAt: 1 } as const;
			const { connection } = openDatabase(directory, options);
			connection.exec('UPDATE meta SET format = 99');
			connection.close();
			assert.throws(() => openDatabase(directory, options), { code: 'ERR_STORE_VERSION' });
		});

		it('keeps its id', () => {
			const options = { durability: 'full', nowAt: 1 } as const;
			const first = openDatabase(directory, options);
			first.connection.close();
			const second = openDatabase(directory, options);
			second.connection.close();
			assert.deepEqual([first.isNew, second.isNew], [true, false]);
			assert.equal(second.meta.storeId, first.meta.storeId);
		});
	});

	describe('witness (S52)', () => {
		const storeId = '01234567-89ab-cdef-0123-456789abcdef';
		const testimony = { storeId, commitNumber: 2 ** 40, appendedRows: 7, nextBatch: 3 };
		const path = () => join(directory, 'store.wit');
		const find = () => {
			const witness = new Witness(path());
			witness.close();
			return witness.found;
		};

		it('says what was written last, in 64 bytes', () => {
			const witness = new Witness(path());
			assert.equal(witness.found, 'missing');
			witness.write({ ...testimony, appendedRows: 1 });
			witness.write(testimony);
			witness.close();
			assert.equal(readFileSync(path()).byteLength, 64);
			assert.deepEqual(find(), testimony);
		});

		it('is damaged when a byte is wrong or missing', () => {
			const witness = new Witness(path());
			witness.write(testimony);
			witness.close();
			const sound = readFileSync(path());
			for (let at = 0; at < 64; at++) {
				const bytes = Buffer.from(sound);
				bytes[at] = (bytes[at] ?? 0) ^ 1;
				writeFileSync(path(), bytes);
				assert.equal(find(), 'damaged');
			}
			writeFileSync(path(), sound.subarray(0, 63));
			assert.equal(find(), 'damaged');
		});
	});

	describe('row codec (S20)', () => {
		const base = { exportId: 'r/e', receivedAt: 1.5, mappingRevision: 3, sizeBytes: 4_294_967_295 };
		const rows: Row[] = [
			{ ...base, eventId: '', payload: new Uint8Array() },
			{ ...base, eventId: 'ü', payload: new Uint8Array([0, 255]) },
			{ ...base, eventId: 'x'.repeat(999), payload: new Uint8Array(9) },
		];
		const encode = () => {
			const body = Buffer.alloc(rows.reduce((sum, row) => sum + encodedLength(row), 0));
			let offset = 0;
			for (const row of rows) offset = encodeRow(row, body, offset);
			assert.equal(offset, body.byteLength);
			return body;
		};

		it('gives rows back as they were', () => {
			const found = findRows(encode(), rows.length);
			assert.ok(found);
			const encoded = rows.map((_, index) => rowAt(found, index));
			const known = { exportId: 'r/e', mappingRevision: 3, rowId: 9 };
			assert.deepEqual(
				encoded.map((row) => decodeRow(row, known)),
				rows.map((row) => ({ ...row, rowId: 9 })),
			);
			assert.deepEqual(
				encoded.map(payloadLength),
				rows.map((row) => row.payload.byteLength),
			);
		});

		it('refuses a body that is not made of so many whole rows', () => {
			const body = encode();
			for (const length of [1, 10, body.byteLength - 1]) {
				assert.equal(findRows(body.subarray(0, length), rows.length), undefined);
			}
			assert.equal(findRows(body, rows.length - 1), undefined);
			assert.equal(findRows(body, rows.length + 1), undefined);
		});
	});

	describe('place (S15)', () => {
		for (const type of [0x6969, 0xff534d42, 0xff534d42 | 0, 0xfe534d42, 0x01021997, 0x00c36400]) {
			it(`refuses a network file system of type ${type}`, () => {
				assert.throws(() => judgeNetwork('/x', type), { code: 'ERR_CONFIG_INVALID' });
			});
		}
		it('takes any other', () => judgeNetwork('/x', 0xef53));
	});

	describe('free space (S42, decision 12)', () => {
		const disks = [
			{ totalBytes: 64 * MB, minFreeBytes: 16 * MB },
			{ totalBytes: 128 * MB, minFreeBytes: 32 * MB },
			{ totalBytes: 1 * GB, minFreeBytes: 256 * MB },
			{ totalBytes: 20 * GB, minFreeBytes: 1 * GB },
			{ totalBytes: 1_000 * GB, minFreeBytes: 2 * GB },
		];
		for (const { totalBytes, minFreeBytes } of disks) {
			it(`keeps ${minFreeBytes / MB} MB of ${totalBytes / MB} MB free`, () => {
				assert.equal(defaultMinFreeBytes(totalBytes), minFreeBytes);
			});
		}

		it('refuses below the limit, warns every 5 minutes, and takes rows again above it', () => {
			let freeBytes = 100;
			const warnings: string[] = [];
			const guard = new FreeSpaceGuard({
				minFreeBytes: 100,
				warn: (message) => warnings.push(message),
				measure: () => ({ freeBytes, totalBytes: 1_000 }),
			});
			guard.measure(0);
			guard.check();
			freeBytes = 99;
			const refuse = (nowMs: number) => {
				guard.measure(nowMs);
				assert.throws(() => guard.check(), { code: 'ERR_BUFFER_FULL', retryAfterMs: 5_000 });
			};
			guard.measure(1);
			assert.equal(warnings.length, 0, 'nothing was refused');
			for (const nowMs of [1, 2, 300_000]) refuse(nowMs);
			assert.equal(warnings.length, 1);
			refuse(300_001);
			assert.equal(warnings.length, 2);
			freeBytes = 100;
			guard.measure(300_002);
			guard.check();
		});
	});

	it('refuses where the free space cannot be read, and goes on when it can', () => {
		let isGone = true;
		const guard = new FreeSpaceGuard({
			minFreeBytes: 1,
			warn() {},
			measure: () => {
				if (isGone) throw Object.assign(new Error('i/o error'), { code: 'EIO', syscall: 'statfs' });
				return { freeBytes: 2, totalBytes: 2 };
			},
		});
		guard.measure(0);
		assert.throws(() => guard.check(), { code: 'ERR_BUFFER_FULL', message: /cannot be read.*EIO/ });
		assert.equal(guard.isShort, false, 'no reason to drop anything');
		isGone = false;
		guard.measure(1);
		guard.check();
	});

	it('names the Node version where SQLite is missing (S5)', () => {
		assert.throws(() => requireSqlite(false), {
			code: 'ERR_CONFIG_INVALID',
			message: /memory.*postgres.*22\.13/,
		});
		requireSqlite(true);
	});

	it('brings errors across threads', () => {
		const options = { details: { exportId: 'e' }, retryAfterMs: 5 };
		const errors = [new BufferError('ERR_QUOTA', 'too much', options), new TypeError('wrong')];
		for (const error of errors) {
			const back = unpackError(structuredClone(packError(error)));
			assert.equal(back.constructor, error.constructor);
			assert.equal(back.message, error.message);
			assert.deepEqual({ ...back, message: 0 }, { ...error, message: 0 });
		}
	});
});
