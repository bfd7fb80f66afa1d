import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileRows } from '../support/read-files';
import { type Child, startChild } from './child';
import type { FilesWriterOptions } from './files-writer';
import { faultRounds, seededChance } from './rounds';

const ROUNDS = faultRounds({ desk: 6, ci: 30 });
/** Of a round: more than any takes. */
const SPAN = 1_000_000;

describe('kill -9 of a process that writes files', function () {
	this.timeout(60_000 + ROUNDS * 10_000);
	let root = '';
	let child: Child | undefined;

	beforeEach(async () => {
		root = await mkdtemp(join(tmpdir(), 'sluice-files-kill-'));
		mkdirSync(join(root, 'out'));
	});
	afterEach(async () => {
		child?.process.kill('SIGKILL');
		await rm(root, { recursive: true, force: true });
	});

	const start = (o: Pick<FilesWriterOptions, 'from' | 'gzip' | 'drain'>): Child => {
		const options: FilesWriterOptions = {
			store: join(root, 'store'),
			directory: join(root, 'out'),
			...o,
		};
		return startChild('files-writer.ts', [JSON.stringify(options)]);
	};

	for (const gzip of [false, true])
		it(`${gzip ? 'compressed: ' : ''}each row is in one file, once, and no file ends within a row, in ${ROUNDS} rounds`, async () => {
			const chance = seededChance('files kill -9');
			const taken: number[] = [];
			for (let round = 0; round < ROUNDS; round++) {
				child = start({ from: round * SPAN, gzip });
				await child.waitFor('taken');
				// The one place where time is the point: the kill has to fall between any two steps.
				await new Promise((resolve) => setTimeout(resolve, chance() * 400));
				child.process.kill('SIGKILL');
				await child.ended;
				for (const line of child.lines)
					if (line.startsWith('taken ')) taken.push(Number(line.slice(6)));
				// At any time: what is there is whole.
				fileRows(join(root, 'out'));
			}
			child = start({ from: 0, gzip, drain: true });
			await child.ended;
			const rows = fileRows(join(root, 'out')).map((row) => (row as { n: number }).n);
			const found = new Set(rows);
			assert.equal(found.size, rows.length, 'no row twice');
			// What was not answered yet may be there as well.
			assert.deepEqual(
				taken.filter((n) => !found.has(n)),
				[],
			);
			assert.ok(taken.length > 10 * ROUNDS, `${taken.length} rows say something`);
		});
});
