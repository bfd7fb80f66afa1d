import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { type Mount, mountOf, readMounts } from './mounts';

const MEMORY = ['tmpfs', 'ramfs', 'devtmpfs'];
const MEMORY_NUMBERS = [0x01021994, 0x858458f6];
/** What container engines lay over their image. */
const LAYERS = ['overlay', 'aufs', 'fuse.fuse-overlayfs'];
/** Left by Docker and Podman in each of their containers. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const CONTAINER_GROUPS = /\/(docker|kubepods|libpod|crio|containerd|buildkit)/;

/** What there is to know about where a store would be. */
export interface DiskFacts {
	readonly mounts: readonly Mount[];
	readonly isInContainer: boolean;
	/** Whether a directory is in memory; false where it cannot be seen. */
	readonly isMemory: (directory: string) => Promise<boolean>;
}

/** @returns how this process runs, as Linux tells it; elsewhere nothing is known */
export async function readDiskFacts(): Promise<DiskFacts> {
	return { mounts: await readMounts(), isInContainer: isInContainer(), isMemory };
}

/**
 * Whether a store in `directory` would be gone with its container or its machine, although everything works until then. An overlay
 * by itself says nothing: routers and live systems have one over a flash disk. It does where it is the root of a container, and
 * where it writes to memory.
 *
 * @param directory its real path
 * @returns why and what to do about it, for people; undefined when it stays
 */
export async function describeEphemeral(
	directory: string,
	{ mounts, isInContainer, isMemory }: DiskFacts,
): Promise<string | undefined> {
	const mount = mountOf(directory, mounts);
	if (mount === undefined) return undefined;
	const store = `store ${directory}`;
	if (MEMORY.includes(mount.type)) return inMemory(store, mount.type);
	if (mount.root.includes('/kubernetes.io~empty-dir/')) {
		return `${store} is in an emptyDir: its rows vanish with the pod; give the pod a PersistentVolumeClaim there`;
	}
	if (/\/volumes\/[0-9a-f]{64}\/_data(\/|$)/.test(mount.root)) {
		return `${store} is on a volume without a name: a container that is made anew does not find its rows; mount a volume with a name at ${mount.point}`;
	}
	// One that is mounted somewhere else than at the root was mounted by somebody: it is a volume.
	if (!LAYERS.includes(mount.type) || mount.point !== '/') return undefined;
	if (isInContainer) {
		return `${store} is inside the container: its rows vanish when the container is removed or updated; mount a volume at ${directory} or above it`;
	}
	const upper = mount.upperDirectory;
	return upper !== undefined && (await isMemory(upper)) ? inMemory(store, mount.type) : undefined;
}

/** The same of a directory of this machine, before there is a store in it. */
export async function whyEphemeral(directory: string): Promise<string | undefined> {
	return describeEphemeral(directory, await readDiskFacts());
}

function inMemory(store: string, type: string): string {
	return `${store} is in memory (${type}): its rows vanish when the machine or the container stops; choose a directory on a disk or on a volume`;
}

function isInContainer(): boolean {
	if (CONTAINER_MARKS.some((path) => existsSync(path))) return true;
	if (process.env['KUBERNETES_SERVICE_HOST'] !== undefined) return true;
	try {
		return CONTAINER_GROUPS.test(readFileSync('/proc/self/cgroup', 'utf8'));
	} catch {
		return false;
	}
}

async function isMemory(directory: string): Promise<boolean> {
	try {
		return MEMORY_NUMBERS.includes((await statfs(directory)).type >>> 0);
	} catch {
		return false;
	}
}
