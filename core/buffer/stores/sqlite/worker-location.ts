import { existsSync } from 'node:fs';
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

/**
 * Where a worker's code is: beside the bundle of core, or in a source file when those run under tsx, unless tests have bundled it.
 *
 * @param bundle its name
 * @param source its path from this folder
 */
export function locateWorker(
	bundle = 'sqlite-worker.js',
	source = 'worker.ts',
): { path: string; execArgv: string[] } {
	const isBundled = extname(__filename) !== '.ts';
	const directory = isBundled ? __dirname : process.env['SLUICE_TEST_WORKERS'];
	const path = directory === undefined ? undefined : join(directory, bundle);
	if (path !== undefined && (isBundled || existsSync(path))) return { path, execArgv: [] };
	return { path: join(__dirname, source), execArgv: ['--import', 'tsx'] };
}
