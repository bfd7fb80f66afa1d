/**
 * The key of an embedded store that nobody gave one: a file that only the host's user may read, outside the store's directory, so that a
 * copy of the store alone opens nothing. It holds what SLUICE_SECRET_KEY may hold.
 *
 * It is made whole under another name and then linked: of several processes one is first and the others take its key, and a crash
 * leaves no half of one.
 */
import { randomBytes } from 'node:crypto';
import { constants, fstatSync, linkSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Descriptor } from '../buffer/stores/sqlite/descriptor';
import { writePrivate } from '../buffer/stores/sqlite/private-files';
import { syncDirectory } from '../buffer/stores/sqlite/sync-directory';
import { describeThrown } from '../describe-thrown';
import type { CoreError } from '../errors';
import { KEY_BYTES, parseSecretKeys, secretKeyError, type SecretKey } from './secret-key';

const OTHERS = 0o077;
const MAX_BYTES = 4_096;
const INSTEAD = 'or set SLUICE_SECRET_KEY';

/** @param directory of the store */
export function keyFileOf(directory: string): string {
	return `${directory}.secret-key`;
}

/**
 * The keys in the file; undefined where there is none.
 *
 * @throws CoreError ERR_SECRET_KEY for a file that others may read or have made, that is none, or that holds no keys
 */
export function readKeyFile(path: string): [SecretKey, ...SecretKey[]] | undefined {
	const text = readText(path);
	return text === undefined ? undefined : parseSecretKeys(text.trim(), `the key file ${path}`);
}

/**
 * Makes the file where there is none.
 *
 * @param key to put there; default: a new one
 * @returns the keys that are in it in the end, which may be those of somebody who was faster
 * @throws CoreError ERR_SECRET_KEY where it cannot be made, or would not be kept as long as the store
 */
export function makeKeyFile(
	path: string,
	directory: string,
	key = randomBytes(KEY_BYTES).toString('base64'),
): [SecretKey, ...SecretKey[]] {
	const own = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
	try {
		requireSameDisk(path, directory);
		writePrivate(own, `${key}\n`);
		linkSync(own, path);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw cannotBe('made', path, error);
	} finally {
		rmSync(own, { force: true });
	}
	syncDirectory(dirname(path));
	const keys = readKeyFile(path);
	if (!keys) throw secretKeyError(`the key file ${path} was removed while it was made; try again`);
	return keys;
}

/** A volume for the store alone: a file beside it is gone with the container, and with it every secret. */
function requireSameDisk(path: string, directory: string): void {
	if (statSync(dirname(path)).dev === statSync(directory).dev) return;
	throw secretKeyError(
		`the store ${directory} is a disk of its own, so a key file beside it might not be kept as long: set SLUICE_SECRET_KEY`,
	);
}

function readText(path: string): string | undefined {
	let file: Descriptor | undefined;
	try {
		// Neither through a link that somebody laid, nor waiting for the writer of a pipe.
		const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
		file = new Descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		const found = fstatSync(file.number);
		if (!found.isFile()) throw refused(path, 'is no file', 'move it away');
		requirePrivate(path, found);
		if (found.size > MAX_BYTES) {
			throw refused(path, `has ${found.size} bytes, at most ${MAX_BYTES} are read`, 'mend it');
		}
		return readFileSync(file.number, 'utf8');
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return undefined;
		if (codeOf(error) === 'ELOOP') throw refused(path, 'is a symbolic link', 'move it away');
		throw cannotBe('read', path, error);
	} finally {
		file?.close();
	}
}

function requirePrivate(path: string, { mode, uid }: { mode: number; uid: number }): void {
	if (process.platform === 'win32') return; // where modes say nothing
	const user = process.geteuid?.();
	if (user !== undefined && uid !== user) {
		const to = `give it to the user ${user}, as whom this process runs`;
		throw refused(path, `belongs to the user ${uid}`, to);
	}
	if ((mode & OTHERS) !== 0) {
		const shown = (mode & 0o777).toString(8);
		throw refused(path, `can be read or changed by others (mode ${shown})`, 'chmod 600 it');
	}
}

function refused(path: string, why: string, what: string): CoreError {
	return secretKeyError(`the key file ${path} ${why}: ${what}, ${INSTEAD}`);
}

function cannotBe(what: 'made' | 'read', path: string, error: unknown): unknown {
	if (codeOf(error) === 'ERR_SECRET_KEY') return error;
	const reason = describeThrown(error);
	return secretKeyError(
		`the key file ${path} cannot be ${what} (${reason}): mend that, ${INSTEAD}`,
		error,
	);
}

function codeOf(error: unknown): unknown {
	return (error as { code?: unknown } | undefined)?.code;
}
