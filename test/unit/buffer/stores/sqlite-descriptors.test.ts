import assert from 'node:assert/strict';
import {
	closeSync,
	fstatSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLimits } from '../../../../core/buffer/stores/sqlite/check-options';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import { Descriptor } from '../../../../core/buffer/stores/sqlite/descriptor';
import { openEngine } from '../../../../core/buffer/stores/sqlite/open-engine';
import { PageImage } from '../../../../core/buffer/stores/sqlite/salvage/page-image';
import { Witness } from '../../../../core/buffer/stores/sqlite/witness';
import { anExport, aRow } from '../../../conformance/store-fixtures';
import { StoreInThread } from '../../../support/store-in-thread';

const NUMBERS = 16;

/** Files of somebody else that take over the numbers which become free. */
class Foreigners {
	readonly #path: string;
	readonly #numbers: number[] = [];

	constructor(directory: string) {
		this.#path = join(directory, 'foreign');
		writeFileSync(this.#path, 'of somebody else');
	}

	take(count = NUMBERS): void {
		for (let times = 0; times < count; times++) this.#numbers.push(openSync(this.#path, 'r'));
	}

	check(): void {
		for (const number of this.#numbers) {
			assert.doesNotThrow(() => fstatSync(number), `descriptor ${number} was closed by another`);
		}
	}

	close(): void {
		for (const number of this.#numbers.splice(0)) {
			try {
				closeSync(number);
			} catch {
				// the test has failed
			}
		}
	}
}

describe('descriptors of a sqlite store', () => {
	const { exec, close } = Connection.prototype;
	const { setTimeout } = globalThis;
	let directory = '';
	let store = '';
	let foreigners: Foreigners;

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-descriptors-'));
		store = join(directory, 'store');
		mkdirSync(store);
		foreigners = new Foreigners(directory);
	});
	afterEach(() => {
		Object.assign(Connection.prototype, { exec, close });
		globalThis.setTimeout = setTimeout;
		foreigners.close();
		rmSync(directory, { recursive: true });
	});

	const openThisEngine = () =>
		openEngine(
			{
				directory: store,
				limits: checkLimits({ ballastBytes: 0 }),
				durability: 'normal',
				reading: { wallAt: Date.now() },
			},
			{ warn() {}, keep() {} },
		);

	it('are closed once, however often the store cannot be opened again after a failed commit', async () => {
		const opened = new StoreInThread(store);
		await opened.call('putExport', anExport());
		const planned: (() => void)[] = [];
		let isFailing = true;
		Connection.prototype.exec = function (sql) {
			const isMet = isFailing && (sql === 'COMMIT' || sql.startsWith('PRAGMA busy_timeout'));
			if (isMet) throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
			return exec.call(this, sql);
		};
		globalThis.setTimeout = ((f: () => void) => {
			planned.push(f);
			return { unref() {} };
		}) as unknown as typeof setTimeout;
		const append = (text: string) =>
			opened.append({ receiverId: 'receiver', events: [{ rows: [aRow(opened.clock, text)] }] });
		await assert.rejects(append('a'), /disk I\/O error/);
		foreigners.take();
		const { now } = performance;
		let passedMs = 0;
		performance.now = () => now.call(performance) + passedMs;
		for (let times = 0; times < 4; times++) {
			const again = planned.splice(0);
			assert.equal(again.length, 1, 'one attempt is planned, never two');
			again[0]?.();
			foreigners.check();
			// Behind the pause, just before the next attempt: what comes now finds no connection either.
			passedMs += 60_000;
			await assert.rejects(append('b'), /failed repeatedly/);
		}
		performance.now = now;
		isFailing = false;
		for (const again of planned.splice(0)) again();
		globalThis.setTimeout = setTimeout;
		await opened.call('close');
		foreigners.check();
	});

	it('are closed once by a close that failed behind them', () => {
		const engine = openThisEngine();
		// Between the close of the witness and what is done about a failure somebody else may open a file.
		Connection.prototype.close = function () {
			close.call(this);
			foreigners.take(1);
			throw new Error('the disk is gone');
		};
		assert.throws(() => engine.close(), /the disk is gone/);
		engine.discard();
		engine.discard();
		foreigners.check();
	});

	it('say nothing of owner.json when all else is closed: it is for messages only', () => {
		const engine = openThisEngine();
		rmSync(join(store, 'owner.json'));
		mkdirSync(join(store, 'owner.json', 'full'), { recursive: true });
		engine.close();
	});

	it('are none that are left behind by what cannot be read', () => {
		const path = join(directory, 'no-database');
		mkdirSync(path);
		const next = () => {
			const number = openSync(join(directory, 'foreign'), 'r');
			closeSync(number);
			return number;
		};
		const before = next();
		mkdirSync(`${path}-wal`);
		assert.doesNotThrow(() => new PageImage(path).close(), 'a directory gives no page');
		assert.throws(() => new Witness(path), { code: 'EISDIR' });
		assert.throws(() => new Descriptor(join(directory, 'absent'), 'r'), { code: 'ENOENT' });
		assert.equal(next(), before);
	});

	it('give no number once they are closed', () => {
		const file = new Descriptor(join(directory, 'foreign'), 'r');
		const { number } = file;
		file.close();
		foreigners.take();
		file.close();
		foreigners.check();
		assert.throws(() => file.number, /closed/);
		assert.ok(number > 2);
	});
});
