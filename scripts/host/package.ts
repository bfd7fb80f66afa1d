import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './cache';
import { run } from './run';

/** Packs what is in the checkout (`dist` has to be built) and returns the path of the tarball. */
export async function packPackage(destination: string): Promise<string> {
	await mkdir(destination, { recursive: true });
	const output = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
		ROOT,
	);
	const parsed: unknown = JSON.parse(output.slice(output.search(/[[{]/)));
	const first = Array.isArray(parsed) ? parsed[0] : Object.values(parsed as object)[0];
	return path.join(
		destination,
		String((first as { filename: string }).filename)
			.replace('@', '')
			.replace('/', '-'),
	);
}

/** Installs a tarball into a Node-RED user folder with the flags of the palette's installer (R23). */
export async function installIntoPalette(userDir: string, tarball: string): Promise<void> {
	await mkdir(userDir, { recursive: true });
	const manifest = path.join(userDir, 'package.json');
	await readFile(manifest).catch(() =>
		writeFile(manifest, '{"name":"node-red-project","version":"0.0.1","private":true}\n'),
	);
	const flags = [
		'--no-audit',
		'--no-update-notifier',
		'--no-fund',
		'--save',
		'--save-prefix=~',
		'--omit=dev',
		'--engine-strict',
	];
	await run('npm', ['install', ...flags, '--', tarball], userDir);
}
