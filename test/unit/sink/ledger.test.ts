import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../../core/sink/files/ledger';
import { Turns } from '../../../core/sink/files/turns';
import { FakeClock } from '../../support/fake-clock';

describe('the ledger of files', () => {
	it('keeps the newest batches when it grows, also for who opens it next', async function () {
		this.timeout(30_000);
		const root = await mkdtemp(join(tmpdir(), 'sluice-ledger-'));
		const path = join(root, 'ledger');
		const ledger = await Ledger.open(path);
		for (let i = 1; i <= 3_010; i++)
			await ledger.add({ key: `k${i}`, number: 1, beganAt: 0, end: i, rows: 1 });
		const check = (one: Ledger): void => {
			assert.equal(one.last?.key, 'k3010');
			assert.equal(one.find('k2001')?.end, 2_001);
			assert.equal(one.find('k2000'), undefined);
		};
		check(ledger);
		await ledger.close();
		assert.ok((await stat(path)).size < 100_000);
		const next = await Ledger.open(path);
		check(next);
		await next.close();
		await rm(root, { recursive: true });
	});
});

describe('turns', () => {
	it('does not begin what nobody waits for any more', async () => {
		const turns = new Turns({ clock: new FakeClock(), timeoutMs: 1_000 });
		let end = (): void => {};
		const first = turns.run(() => new Promise<void>((resolve) => (end = resolve)));
		const controller = new AbortController();
		let isBegun = false;
		const second = turns.run(async () => void (isBegun = true), { signal: controller.signal });
		controller.abort();
		await assert.rejects(second);
		end();
		await first;
		await turns.run(async () => {});
		assert.equal(isBegun, false);
	});

	it('gives up what makes no progress, and what waits behind it, and no sooner', async () => {
		const clock = new FakeClock();
		const turns = new Turns({ clock, timeoutMs: 1_000 });
		const ended: unknown[] = [];
		const run = (name: string): void => {
			const hanging = turns.run(() => new Promise<void>(() => {}));
			hanging.catch((error: { code: string }) => ended.push([name, error.code]));
		};
		run('a');
		run('b');
		await clock.advance(900);
		turns.progressed();
		await clock.advance(900);
		assert.deepEqual(ended, []);
		await clock.advance(100);
		assert.deepEqual(ended, [
			['a', 'ERR_SINK_TIMEOUT'],
			['b', 'ERR_SINK_TIMEOUT'],
		]);
	});
});
