import { execFileSync, spawnSync } from 'node:child_process';
import { bundleOf } from './bundles';

/** What a script printed that ran as a user whose rights are those of the modes of files: root's reach further. */
export function runWithoutPrivileges(script: string, args: readonly string[]): string {
	const command = [process.execPath, bundleOf(`test/support/${script}`), ...args];
	const isRoot = process.getuid?.() === 0;
	// Still root by name, so that it can read this repository wherever that is.
	const drop = ['setpriv', '--inh-caps=-all', '--bounding-set=-all'];
	const [program = '', ...rest] = isRoot ? [...drop, ...command] : command;
	const { status, stdout, stderr, error } = spawnSync(program, rest, { encoding: 'utf8' });
	if (error !== undefined) throw error;
	if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
	return stdout;
}

/** Mounts a small disk in memory. @returns whether that is allowed here */
export function mountMemory(place: string, options: string): boolean {
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], { stdio: 'pipe' });
		return true;
	} catch {
		return false;
	}
}

export function unmount(place: string): void {
	try {
		execFileSync('umount', [place], { stdio: 'ignore' });
	} catch {
		// was never mounted
	}
}
