import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './child';
import { faultRounds, seededChance } from './rounds';
import { verifyStore } from './verify-store';

const ROUNDS = faultRounds({ desk: 4, ci: 10 });

/** What was said of one key, over all processes. */
interface Said {
	/** Of the rows that are stored for certain; ascending. */
	readonly appended: number[];
	readonly sent: Set<number>;
	/** The highest that was sent. */
	last: number;
	/** The last one that the running process has sent. */
	lastNow: number;
}

describe('order key when its process is killed (I22)', function () {
	this.timeout(120_000 + ROUNDS * 15_000);
	let directory = '';
	let child: Child | undefined;

	before(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-key-kill-'));
	});
	afterEach(() => {
		child?.process.kill('SIGKILL');
	});
	after(async () => {
		await rm(directory, { recursive: true, force: true });
	});

	it(`sends the rows of each key in their order, and all of them, in ${ROUNDS} rounds`, async () => {
		const said = new Map<string, Said>();
		const chance = seededChance('key order');
		const store = JSON.stringify({ kind: 'sqlite', directory });
		const start = (how: string): Child => {
			// What was on its way when the process was killed may be there or not: numbers go on far behind it.
			const numbers = [...said].map(([key, { appended, last }]) => [
				key,
				Math.max(last, appended.at(-1) ?? 0) + 1_000,
			]);
			const counts = Object.fromEntries(numbers);
			for (const one of said.values()) one.lastNow = 0;
			return startChild('key-sender.ts', [store, JSON.stringify(counts), how]);
		};
		for (let round = 0; round < ROUNDS; round++) {
			child = start('append');
			await child.waitFor('ready');
			// The one place where time is the point: the kill has to fall between any two steps.
			await new Promise((resolve) => setTimeout(resolve, 200 + chance() * 600));
			child.process.kill('SIGKILL');
			await child.ended;
			for (const line of child.lines) read(said, line);
		}
		child = start('drain');
		await child.waitFor('drained');
		await child.ended;
		for (const line of child.lines) read(said, line);
		let total = 0;
		for (const [key, { appended, sent }] of said) {
			const missing = appended.filter((n) => !sent.has(n));
			assert.deepEqual(missing, [], `all of ${key} were sent`);
			total += appended.length;
		}
		assert.ok(total > 0 && said.size > 1, 'enough was written to say something');
		verifyStore(directory);
	});
});

function read(all: Map<string, Said>, line: string): void {
	const [what, key = '', number = ''] = line.split(' ');
	const n = Number(number);
	const said = all.get(key) ?? { appended: [], sent: new Set<number>(), last: 0, lastNow: 0 };
	if (what === 'appended') said.appended.push(n);
	else if (what === 'sent') {
		// A process sends each row once, in the order; what the one before it had sent and not settled comes again.
		assert.ok(n > said.lastNow, `${key}: ${n} is sent behind ${said.lastNow}`);
		assert.ok(n > said.last || said.sent.has(n), `${key}: ${n} is sent first behind ${said.last}`);
		const skipped = said.appended.filter((other) => other < n && !said.sent.has(other));
		assert.deepEqual(skipped, [], `${key}: ${n} is sent before earlier ones`);
		said.sent.add(n);
		said.lastNow = n;
		said.last = Math.max(said.last, n);
	} else return;
	all.set(key, said);
}
