/**
 * Where the owner of an embedded store is reached on its own machine, by whoever may read the store's files: a socket of 0600 in the store's
 * directory. Where that path is too long for a socket (about 90 bytes), in `/tmp/sluice-<user id>`, a directory of 0700.
 * On Windows a named pipe, which other users may not write to.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CoreError } from '../../errors';

/** Of `sockaddr_un`, the shortest of the systems (macOS: 104 with its end), without the longer path under which it is made. */
const MAX_PATH_BYTES = 90;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** @param directory of the store, which has to be there */
export function localPlace(directory: string, platform: string = process.platform): string {
	const real = realpathSync(directory);
	const name = createHash('sha256').update(real).digest('hex').slice(0, 24);
	if (platform === 'win32') return `\\\\.\\pipe\\sluice-${name}`;
	const beside = join(real, 'admin.sock');
	if (Buffer.byteLength(beside) <= MAX_PATH_BYTES) return beside;
	// Not by variables: those of a service and of a shell differ.
	return `/tmp/sluice-${statSync(real).uid}/${name}.sock`;
}

/** The directory of a socket that is not in the store's is made where it is not there. @throws CoreError ERR_LOCAL_UNAVAILABLE */
export function makeRoomFor(place: string): void {
	mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
	requireOwn(dirname(place), OTHERS_WRITE);
}

/**
 * The socket is of this user (or of root) and nobody else can use it, or put another one in its place.
 *
 * @throws CoreError ERR_LOCAL_UNAVAILABLE
 */
export function requirePrivate(place: string): void {
	requireOwn(dirname(place), OTHERS_WRITE);
	requireOwn(place, OTHERS);
}

function requireOwn(path: string, forbidden: number): void {
	const found = lstatSync(path);
	const user = process.getuid?.();
	const isOwn = found.uid === user || found.uid === 0 || user === 0;
	if (isOwn && !found.isSymbolicLink() && (found.mode & forbidden) === 0) return;
	throw localError(
		`${path} is not of this user alone: take from others what they may do with it (chmod go-w)`,
	);
}

export function localError(message: string, cause?: unknown): CoreError {
	return new CoreError('ERR_LOCAL_UNAVAILABLE', message, { cause });
}
