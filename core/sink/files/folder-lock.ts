/**
 * Who writes the files of an export: one process, and of it one sink. Node has no locks of files; so it is a file with the name of its
 * holder, who writes it again every few seconds. One whose holder is gone, or has not written it for a minute, is taken over; times are
 * those of the file system, so that clocks of several machines do not matter.
 */
import { readlinkSync } from 'node:fs';
import { open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DeliveryError } from '../../errors';
import type { Cancel, Clock } from '../../runtime/clock';
import { newSecret } from '../../runtime/ids';
import { systemCode } from '../../runtime/system-reason';
import { closeIfFailed } from './close-if-failed';

const BEAT_MS = 10_000;
const STALE_MS = 60_000;
const LOOK_MS = 100;

export interface TakeOptions {
	readonly clock: Clock;
	readonly waitMs?: number | undefined;
	readonly onStep?: (() => void) | undefined;
}

/** Another one has it. */
class Held extends DeliveryError {}

interface Owner {
	readonly token: string;
	readonly pid: number;
	/** Machine and, in a container, its own numbering of processes. */
	readonly host: string;
}

export class FolderLock {
	readonly #path: string;
	readonly #handle: FileHandle;
	readonly #owner: Owner;
	readonly #clock: Clock;
	#cancel: Cancel = () => {};
	#isReleased = false;

	private constructor(path: string, handle: FileHandle, owner: Owner, clock: Clock) {
		this.#path = path;
		this.#handle = handle;
		this.#owner = owner;
		this.#clock = clock;
	}

	/**
	 * @param o.waitMs how long to wait for another one who has it, default 0
	 * @param o.onStep called each time that it has looked
	 * @throws DeliveryError ERR_SINK_UNAVAILABLE where another one has it; the error of the file system
	 */
	static async take(folder: string, o: TakeOptions): Promise<FolderLock> {
		const { clock, waitMs = 0 } = o;
		const owner: Owner = { token: newSecret(16), pid: process.pid, host: placeOf() };
		for (let leftMs = waitMs; ; leftMs -= LOOK_MS) {
			try {
				return await FolderLock.#tryToTake(folder, owner, clock);
			} catch (error) {
				if (!(error instanceof Held) || leftMs <= 0) throw error;
			}
			await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
			o.onStep?.();
		}
	}

	static async #tryToTake(folder: string, owner: Owner, clock: Clock): Promise<FolderLock> {
		const path = join(folder, 'lock');
		for (let tries = 0; tries < 3; tries++) {
			const handle = await create(path);
			if (handle) {
				const lock = new FolderLock(path, handle, owner, clock);
				await closeIfFailed(handle, () => handle.write(JSON.stringify(owner), 0));
				lock.#beatLater();
				return lock;
			}
			await removeStale(path, owner);
		}
		throw held(folder, undefined);
	}

	/** @throws DeliveryError ERR_SINK_UNAVAILABLE where it was taken over, since this process had stood still */
	async check(): Promise<void> {
		const owner = await readOwner(this.#path);
		if (owner?.token !== this.#owner.token) throw held(this.#path, owner);
	}

	/** Idempotent. */
	async release(): Promise<void> {
		if (this.#isReleased) return;
		this.#isReleased = true;
		this.#cancel();
		await this.#handle.close();
		const owner = await readOwner(this.#path);
		if (owner?.token === this.#owner.token) await rm(this.#path, { force: true });
	}

	#beatLater(): void {
		this.#cancel = this.#clock.after(BEAT_MS, () => {
			// What fails here is found by the next check.
			this.#handle
				.write(JSON.stringify(this.#owner), 0)
				.catch(() => {})
				.finally(() => {
					if (!this.#isReleased) this.#beatLater();
				});
		});
	}
}

async function create(path: string): Promise<FileHandle | undefined> {
	try {
		return await open(path, 'wx', 0o600);
	} catch (error) {
		if (systemCode(error) === 'EEXIST') return undefined;
		throw error;
	}
}

/** @throws DeliveryError where its holder has it */
async function removeStale(path: string, me: Owner): Promise<void> {
	const owner = await readOwner(path);
	if (!isGone(owner, me) && !(await isOld(path, me))) throw held(path, owner);
	const aside = `${path}.${me.token}`;
	try {
		await rename(path, aside);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return;
		throw error;
	}
	// Somebody may have been faster and have taken it anew: it is theirs.
	const taken = await readOwner(aside);
	if (taken?.token === owner?.token) await rm(aside, { force: true });
	else await rename(aside, path);
}

/** Known only of processes of this machine. */
function isGone(owner: Owner | undefined, me: Owner): boolean {
	if (owner?.host !== me.host || owner.pid === me.pid) return false;
	try {
		process.kill(owner.pid, 0);
		return false;
	} catch (error) {
		return systemCode(error) === 'ESRCH';
	}
}

async function isOld(path: string, me: Owner): Promise<boolean> {
	const probe = `${path}.${me.token}`;
	await (await open(probe, 'w', 0o600)).close();
	try {
		const [now, then] = [await stat(probe), await stat(path)];
		return now.mtimeMs - then.mtimeMs > STALE_MS;
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return true;
		throw error;
	} finally {
		await rm(probe, { force: true });
	}
}

async function readOwner(path: string): Promise<Owner | undefined> {
	try {
		return JSON.parse(await readFile(path, 'utf8')) as Owner;
	} catch (error) {
		// Gone, or of a process that died while writing.
		if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
		throw error;
	}
}

function placeOf(): string {
	try {
		return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
	} catch {
		return hostname();
	}
}

function held(path: string, owner: Owner | undefined): Held {
	const who = owner ? `process ${owner.pid} on ${owner.host.split(' ')[0]}` : 'somebody else';
	const message = `${who} writes the files of this buffer there (${path}); they are written by one process: its batches go on when that one ends`;
	return new Held('ERR_SINK_UNAVAILABLE', message);
}
