import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keyFileOf, readKeyFile } from '../../core/secrets/key-file';
import { startChild, type Child } from './child';
import { KEY_PLACE, secretsIn, type KeyMakerOptions } from './key-maker';

describe('the key file of a store', () => {
	let base: string;
	let makers: Child[];
	const startMaker = (options: KeyMakerOptions): Child => {
		const maker = startChild('key-maker.ts', [JSON.stringify(options)]);
		makers.push(maker);
		return maker;
	};
	beforeEach(async () => {
		makers = [];
		base = await mkdtemp(path.join(tmpdir(), 'sluice-key-maker-'));
	});
	afterEach(async () => {
		for (const maker of makers) maker.process.kill('SIGKILL');
		await Promise.all(makers.map(({ ended }) => ended));
		await rm(base, { recursive: true });
	});

	it('is one for all processes that make it at once', async () => {
		const rounds = 20;
		[1, 2, 3].map(() => startMaker({ base, rounds }));
		for (let round = 0; round < rounds; round++) {
			await Promise.all(makers.map((maker) => maker.waitFor(`waiting ${round}`)));
			await mkdir(path.join(base, `${round}`));
			const lines = await Promise.all(makers.map((maker) => maker.waitFor(`sealed ${round} `)));
			const secrets = secretsIn(path.join(base, `${round}`));
			for (const line of lines)
				assert.equal(secrets.open(KEY_PLACE, line.split(' ')[2] ?? ''), 'hunter2');
		}
		await Promise.all(makers.map((maker) => maker.ended));
	});

	for (const [stopAt, isThere] of [
		['writeFileSync', false],
		['linkSync', false],
		['rmSync', true],
	] as const) {
		it(`is whole or not there after a kill at ${stopAt}, and the next process goes on`, async () => {
			const directory = path.join(base, 'store');
			await mkdir(directory);
			const maker = startMaker({ directory, stopAt });
			await maker.waitFor('stopped');
			maker.process.kill('SIGKILL');
			await maker.ended;
			const left = readKeyFile(keyFileOf(directory));
			assert.equal(left !== undefined, isThere);
			const sealed = secretsIn(directory).seal(KEY_PLACE, 'hunter2');
			assert.equal(secretsIn(directory).open(KEY_PLACE, sealed), 'hunter2');
			if (left) assert.equal(readKeyFile(keyFileOf(directory))?.[0].id, left[0].id);
		});
	}
});
