import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/**
 * What runs in a thread or process of its own, each bundled once per run of mocha: under tsx every start of one costs half a second of a
 * core, and there are thousands. mocha loads this file before the tests: the workers of core are taken from here then.
 */
const ROOT = path.join(__dirname, '..', '..');
/** Inside the repository, so that what is not bundled is found. */
const DIRECTORY = path.join(ROOT, '.cache', 'bundles', String(process.pid));
const WORKER = 'core/buffer/stores/sqlite/worker.ts';
const TABLE_WORKER = 'core/sink/table/sqlite/table-worker.ts';

const made = new Map<string, string>();

/** @param entry a script, from the root of the repository @returns the path of its bundle, which goes with this process */
export function bundleOf(entry: string): string {
	const known = made.get(entry);
	if (known !== undefined) return known;
	const name = entry === WORKER ? 'sqlite-worker' : path.basename(entry, '.ts');
	const outfile = path.join(DIRECTORY, `${name}.js`);
	buildSync({
		entryPoints: [path.join(ROOT, entry)],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node22',
		external: ['pg-native'],
		logLevel: 'error',
	});
	made.set(entry, outfile);
	return outfile;
}

process.once('exit', () => rmSync(DIRECTORY, { recursive: true, force: true }));
bundleOf(WORKER);
bundleOf(TABLE_WORKER);
process.env['SLUICE_TEST_WORKERS'] = DIRECTORY;
