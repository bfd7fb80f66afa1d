/**
 * A process that makes key files by sealing, for the tests that race two of them or kill one. Arguments: KeyMakerOptions as JSON. Prints
 * `waiting <round>` and `sealed <round> <text>`, or `stopped`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { openSecrets } from '../../core/secrets/open-secrets';

export type KeyMakerOptions =
	/** Seals in `<base>/<round>` as soon as there is this directory. */
	| { readonly base: string; readonly rounds: number }
	/** Does half of this step, or none, and stays there. */
	| { readonly directory: string; readonly stopAt: 'writeFileSync' | 'linkSync' | 'rmSync' };

export const KEY_PLACE = { collection: 'c', id: 'i', field: '/f' } as const;

export function secretsIn(directory: string) {
	const logger = { warn() {} };
	return openSecrets({ store: { kind: 'sqlite', directory }, environment: {}, logger });
}

function say(line: string): void {
	fs.writeSync(1, `${line}\n`);
}

function stopAt(step: 'writeFileSync' | 'linkSync' | 'rmSync'): void {
	const write = fs.writeFileSync;
	Object.assign(fs, {
		[step]: (file: string, data: unknown) => {
			if (step === 'writeFileSync') write(file, String(data).slice(0, 20), { mode: 0o600 });
			say('stopped');
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
		},
	});
}

function run(options: KeyMakerOptions): void {
	if ('stopAt' in options) {
		stopAt(options.stopAt);
		secretsIn(options.directory).seal(KEY_PLACE, 'hunter2');
		return;
	}
	const parent = process.ppid;
	for (let round = 0; round < options.rounds; round++) {
		const directory = path.join(options.base, `${round}`);
		say(`waiting ${round}`);
		// As fast as can be, so that all of them are there at once.
		while (!fs.existsSync(directory)) if (process.ppid !== parent) process.exit();
		say(`sealed ${round} ${secretsIn(directory).seal(KEY_PLACE, 'hunter2')}`);
	}
}

if (require.main === module) run(JSON.parse(process.argv[2] ?? '') as KeyMakerOptions);
