import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipWithout } from './skip';

/** A directory that is a disk of its own, of so many MB. Without the right to mount one what asks for it is skipped. */
export async function mountSmallDisk(context: Mocha.Context, megabytes: number): Promise<string> {
	const disk = await mkdtemp(join(tmpdir(), 'sluice-disk-'));
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
	} catch (error) {
		await rm(disk, { recursive: true, force: true });
		skipWithout(context, 'small disk that can be mounted', error);
	}
	return disk;
}

/** @param disk empty: none was mounted */
export async function unmountSmallDisk(disk: string): Promise<void> {
	if (disk === '') return;
	execFileSync('umount', [disk], { stdio: 'ignore' });
	await rm(disk, { recursive: true, force: true });
}
