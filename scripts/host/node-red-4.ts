import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache';
import { run } from './run';

/** The oldest Node-RED that is supported (architecture, decision 9). */
export const NODE_RED_4 = '4.1.15';

let installing: Promise<string> | undefined;

/** Installs it into the shared cache where it is missing, once per machine. @returns its `red.js` */
export function ensureNodeRed4(): Promise<string> {
	return (installing ??= install());
}

async function install(): Promise<string> {
	const folder = cacheFolder('node-red', NODE_RED_4);
	const script = path.join(folder, 'node_modules/node-red/red.js');
	if (existsSync(script)) return script;
	await mkdir(folder, { recursive: true });
	const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
	await run('npm', ['init', '-y'], folder);
	await run('npm', ['install', ...flags, `node-red@${NODE_RED_4}`], folder);
	return script;
}
