import { readFile } from 'node:fs/promises';

/** A line of Linux' `/proc/self/mountinfo` (proc_pid_mountinfo(5)), as far as it is asked for here. */
export interface Mount {
	/** Which part of its file system is seen. */
	readonly root: string;
	readonly point: string;
	/** E.g. `overlay`, `tmpfs`, `ext4`. */
	readonly type: string;
	/** Where an overlay writes to, in the words of who mounted it. */
	readonly upperDirectory: string | undefined;
}

/** All mounts this process sees; none where there is no such file. */
export async function readMounts(path = '/proc/self/mountinfo'): Promise<Mount[]> {
	try {
		return parseMounts(await readFile(path, 'utf8'));
	} catch {
		return [];
	}
}

export function parseMounts(text: string): Mount[] {
	const mounts: Mount[] = [];
	for (const line of text.split('\n')) {
		const [before = '', behind = ''] = line.split(' - ', 2);
		const [, , , root, point] = before.split(' ');
		const [type, , options = ''] = behind.split(' ');
		if (root === undefined || point === undefined || type === undefined) continue;
		const upper = /(?:^|,)upperdir=([^,]*)/.exec(options)?.[1];
		const upperDirectory = upper === undefined ? undefined : unescape(upper);
		mounts.push({ root: unescape(root), point: unescape(point), type, upperDirectory });
	}
	return mounts;
}

/** The mount that a path is on: the deepest one, and of several at one point the last. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
	let found: Mount | undefined;
	for (const mount of mounts) {
		const isAbove =
			mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`);
		if (isAbove && mount.point.length >= (found?.point.length ?? 0)) found = mount;
	}
	return found;
}

/** Blanks and the like stand there as octal numbers. */
function unescape(text: string): string {
	return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
		String.fromCharCode(Number.parseInt(octal, 8)),
	);
}
