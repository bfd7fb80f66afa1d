import { isBuiltin } from 'node:module';
import { extname, join } from 'node:path';
import { ConfigError } from '../../../errors';

/**
 * S5: the module is missing before Node 22.13.
 *
 * @throws ConfigError naming the version needed and what else there is
 */
export function requireSqlite(hasModule = isBuiltin('node:sqlite')): void {
	if (hasModule) return;
	throw new ConfigError(
		'store.kind',
		'"memory" or "postgres" here: the sqlite store needs Node 22.13 or newer',
		`Node ${process.versions.node}`,
	);
}

/** Where the worker's code is: beside the bundle of core, or beside this file when the sources run under tsx, unless tests have bundled it. */
export function locateWorker(): { path: string; execArgv: string[] } {
	const isBundled = extname(__filename) !== '.ts';
	const bundle = isBundled
		? join(__dirname, 'sqlite-worker.js')
		: process.env['SLUICE_TEST_WORKER'];
	if (bundle !== undefined) return { path: bundle, execArgv: [] };
	return { path: join(__dirname, 'worker.ts'), execArgv: ['--import', 'tsx'] };
}
