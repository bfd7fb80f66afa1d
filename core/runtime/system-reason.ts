/** What the system means by its codes, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
	EACCES: 'permission denied: the user that runs the host must be able to write there',
	EPERM: 'not permitted: the files must belong to the user that runs the host',
	EROFS: 'the file system is read-only: choose a directory that can be written',
	ENAMETOOLONG: 'the path is too long: choose a shorter one',
	ENOTDIR: 'a part of the path is a file, not a directory',
	EEXIST: 'there is a file of that name, not a directory',
	EISDIR: 'there is a directory where a file should be',
	ELOOP: 'too many symbolic links in the path',
	ENOENT: 'a part of the path is gone, or a symbolic link leads nowhere',
	ENOSPC: 'no space is left on the disk: make room there',
	EDQUOT: 'the disk quota of the user that runs the host is used up: make room there',
	EMFILE: 'too many open files: raise the limit of the process (ulimit -n)',
	ENFILE: 'too many open files on this machine',
	EIO: 'the disk does not read or write: see the log of the system',
};
/** What passes, or what somebody mends while the host runs, without touching the configuration. */
const PASSING = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO'];

/** The code of an error of the file system. */
export function systemCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}

/** In words, with what to do; undefined for what is no error of the file system. */
export function systemReason(error: unknown): string | undefined {
	const code = systemCode(error);
	if (code === undefined) return undefined;
	return `${REASONS[code] ?? (error as Error).message} (${code})`;
}

export function isPassing(error: unknown): boolean {
	return PASSING.includes(systemCode(error) ?? '');
}
