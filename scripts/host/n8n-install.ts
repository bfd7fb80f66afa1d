import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder, ROOT } from './cache';
import { run } from './run';

/** The n8n that tests, demo and benchmark run; why this one and these flags: N11, N17, N18. */
export const N8N_VERSION = '2.41.1';
const BEFORE = '2026-09-27T00:00:00Z';
const TRIES = 3;

/** An installing process touches its lock this often; a lock left alone for much longer belongs to a process that died. */
const HEARTBEAT_MS = 10_000;
const STALE_MS = 60_000;
const WAIT_FOR_OTHER_MS = 30 * 60_000;

/**
 * Installs the pinned n8n into the shared cache where it is missing: about 8 minutes and 3 GB, once for all clones on the machine.
 * Two processes do not install at once, and a folder is only there under its name when it is complete.
 *
 * @returns the folder whose `node_modules` holds n8n
 */
export async function ensureN8n(say: (text: string) => void = () => {}): Promise<string> {
	const folder = cacheFolder('n8n', 'app');
	if (await isComplete(folder)) return folder;
	await mkdir(path.dirname(folder), { recursive: true });
	const unlock = await lock(`${folder}.lock`, () => isComplete(folder), say);
	if (!unlock) return folder;
	try {
		if (await isComplete(folder)) return folder;
		say(`installing n8n ${N8N_VERSION} into ${folder}; this takes about 8 minutes, once`);
		await installWithTries(folder, say);
		return folder;
	} catch (error) {
		throw new Error(
			`n8n ${N8N_VERSION} cannot be installed into ${folder}. It needs the npm registry, 3 GB of disk, and python3, make and g++ for its sqlite3.\n${messageOf(error)}`,
			{ cause: error },
		);
	} finally {
		await unlock();
	}
}

async function isComplete(folder: string): Promise<boolean> {
	const modules = path.join(folder, 'node_modules');
	const manifest = await readFile(path.join(modules, 'n8n/package.json'), 'utf8').catch(() => '{}');
	return (
		(JSON.parse(manifest) as { version?: string }).version === N8N_VERSION &&
		existsSync(path.join(modules, 'sqlite3/build/Release/node_sqlite3.node'))
	);
}

/** A registry that answers slowly or breaks off now and then is no reason to go without the tests in n8n. */
async function installWithTries(folder: string, say: (text: string) => void): Promise<void> {
	for (let tries = 1; ; tries++) {
		try {
			return await install(folder);
		} catch (error) {
			if (tries === TRIES) throw error;
			say(`installation ${tries} of n8n failed, trying again:\n${messageOf(error)}`);
		}
	}
}

async function install(folder: string): Promise<void> {
	const fresh = `${folder}.new`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(fresh, { recursive: true });
	await writeFile(path.join(fresh, 'package.json'), '{"name":"app","private":true}\n');
	const env = { npm_config_nodedir: headersFolder() };
	const flags = ['--ignore-scripts', `--before=${BEFORE}`, '--no-audit', '--no-fund'];
	await run('npm', ['install', `n8n@${N8N_VERSION}`, ...flags], fresh, env);
	// An npm script hands down the ignore-scripts of this repository.
	const native = ['sqlite3', 'isolated-vm'];
	await run('npm', ['rebuild', '--ignore-scripts=false', ...native], fresh, env);
	await rm(folder, { recursive: true, force: true });
	await rename(fresh, folder);
	if (!(await isComplete(folder))) throw new Error('npm ended well, but n8n or sqlite3 is missing');
}

/** Where the headers of the running Node are, so that sqlite3 is compiled for it and nothing is downloaded (N14). */
function headersFolder(): string {
	const beside = path.dirname(path.dirname(process.execPath));
	const platform = `node-${process.platform}-${process.arch}`;
	return existsSync(path.join(beside, 'include/node/node.h'))
		? beside
		: path.join(ROOT, 'node_modules', platform);
}

/** @returns how to unlock, or nothing when another process has done the work meanwhile */
async function lock(
	folder: string,
	isDone: () => Promise<boolean>,
	say: (text: string) => void,
): Promise<(() => Promise<void>) | undefined> {
	const until = Date.now() + WAIT_FOR_OTHER_MS;
	for (let told = false; !(await tryLock(folder)); told = true) {
		if (!told) say('another process installs n8n, waiting for it');
		if (Date.now() > until) throw new Error(`${folder} is held by another process`);
		await sleep(1_000);
		if (await isDone()) return undefined;
	}
	const beat = setInterval(
		() => void utimes(folder, new Date(), new Date()).catch(() => {}),
		HEARTBEAT_MS,
	);
	return async () => {
		clearInterval(beat);
		await rm(folder, { recursive: true, force: true });
	};
}

async function tryLock(folder: string): Promise<boolean> {
	try {
		await mkdir(folder);
		return true;
	} catch {
		const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
		if (Date.now() - mtimeMs > STALE_MS) await rm(folder, { recursive: true, force: true });
		return false;
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
