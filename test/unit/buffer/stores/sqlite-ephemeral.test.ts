import assert from 'node:assert/strict';
import {
	describeEphemeral,
	type DiskFacts,
} from '../../../../core/buffer/stores/sqlite/ephemeral-disk';
import { mountOf, parseMounts, readMounts } from '../../../../core/buffer/stores/sqlite/mounts';

const HEX = '0f'.repeat(32);
const DOCKER_ROOT =
	'700 600 0:50 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/var/lib/docker/overlay2/x/diff,workdir=/w';
const DISK_ROOT = '27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw';
const volume = (root: string, point: string) =>
	`710 700 254:1 ${root} ${point} rw,relatime - ext4 /dev/sda1 rw`;

/** Places as containers, gateways and desks have them. */
const PLACES: readonly {
	name: string;
	mounts: string[];
	directory: string;
	outside?: true;
	memory?: string;
	ephemeral?: RegExp;
}[] = [
	{
		name: 'a container without a volume',
		mounts: [DOCKER_ROOT],
		directory: '/data/sluice',
		ephemeral: /mount a volume at \/data\/sluice/,
	},
	{
		name: 'a container with a volume beside the store',
		mounts: [DOCKER_ROOT, volume('/', '/data')],
		directory: '/database',
		ephemeral: /inside the container/,
	},
	{
		name: 'a named volume',
		mounts: [DOCKER_ROOT, volume('/var/lib/docker/volumes/n8n/_data', '/data')],
		directory: '/data/sluice',
	},
	{
		name: 'a directory of the host',
		mounts: [DOCKER_ROOT, volume('/home/me/my\\040flows', '/data')],
		directory: '/data',
	},
	{
		name: 'a volume whose host has an overlay itself',
		mounts: [DOCKER_ROOT, '711 700 0:51 /home /data rw - overlay overlay rw,upperdir=/u'],
		directory: '/data/sluice',
	},
	{
		name: 'a volume without a name',
		mounts: [DOCKER_ROOT, volume(`/var/lib/docker/volumes/${HEX}/_data`, '/data')],
		directory: '/data/sluice',
		ephemeral: /volume with a name at \/data$/,
	},
	{
		name: 'an emptyDir of a pod',
		mounts: [DOCKER_ROOT, volume('/kubelet/pods/7/volumes/kubernetes.io~empty-dir/data', '/data')],
		directory: '/data',
		ephemeral: /PersistentVolumeClaim/,
	},
	{
		name: 'an emptyDir in memory',
		mounts: [DOCKER_ROOT, '712 700 0:52 / /data rw - tmpfs tmpfs rw'],
		directory: '/data',
		ephemeral: /in memory \(tmpfs\)/,
	},
	{
		name: 'a rootless container with layers by FUSE',
		mounts: ['700 600 0:50 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw'],
		directory: '/x',
		ephemeral: /inside the container/,
	},
	{
		name: 'tmpfs on a machine',
		mounts: [DISK_ROOT, '30 27 0:30 / /tmp rw - tmpfs tmpfs rw'],
		directory: '/tmp/store',
		outside: true,
		ephemeral: /when the machine or the container stops/,
	},
	{
		name: 'ramfs on a machine',
		mounts: [DISK_ROOT, '30 27 0:30 / /ram rw - ramfs ramfs rw'],
		directory: '/ram',
		outside: true,
		ephemeral: /ramfs/,
	},
	{
		name: 'a directory beside tmpfs whose name begins alike',
		mounts: [DISK_ROOT, '30 27 0:30 / /tmp rw - tmpfs tmpfs rw'],
		directory: '/tmpfiles',
		outside: true,
	},
	{ name: 'a disk', mounts: [DISK_ROOT], directory: '/home/me/.node-red', outside: true },
	{
		name: 'a disk in a machine that was made from an image of a container',
		mounts: [DISK_ROOT],
		directory: '/root',
	},
	{
		name: 'a router whose overlay writes to flash',
		mounts: ['1 0 0:1 / / rw - overlay overlayfs:/overlay rw,lowerdir=/,upperdir=/overlay/upper'],
		directory: '/srv',
		outside: true,
	},
	{
		name: 'a live system whose overlay writes to memory',
		mounts: ['1 0 0:1 / / rw - overlay overlay rw,upperdir=/run/live/rw'],
		directory: '/root',
		outside: true,
		memory: '/run/live/rw',
		ephemeral: /in memory \(overlay\)/,
	},
	{
		name: 'a disk that is mounted over tmpfs',
		mounts: [DISK_ROOT, '30 27 0:30 / /mnt rw - tmpfs tmpfs rw', volume('/', '/mnt')],
		directory: '/mnt/a',
		outside: true,
	},
	{ name: 'a system that does not tell its mounts', mounts: [], directory: '/data' },
];

describe('a store that would vanish with its container or its machine (S15)', () => {
	for (const { name, mounts, directory, outside, memory, ephemeral } of PLACES) {
		it(`${ephemeral ? 'is told of' : 'is not seen in'} ${name}`, async () => {
			const surroundings: DiskFacts = {
				mounts: parseMounts(`${mounts.join('\n')}\n`),
				isInContainer: outside !== true,
				isMemory: async (path) => path === memory,
			};
			const told = await describeEphemeral(directory, surroundings);
			if (ephemeral === undefined) return assert.equal(told, undefined);
			assert.match(told ?? '', ephemeral);
			assert.ok(told?.startsWith(`store ${directory} is `));
		});
	}

	it('reads the mounts of this machine, and none where there is no such file', async () => {
		const mounts = await readMounts();
		if (process.platform === 'linux') assert.equal(mountOf('/proc/self', mounts)?.type, 'proc');
		assert.deepEqual(await readMounts('/proc/self/absent'), []);
	});

	it('understands blanks in the name of a mount', () => {
		const [mount] = parseMounts('1 0 8:1 /a\\040b /c\\011d rw - ext4 /dev/sda rw');
		assert.deepEqual(mount, {
			root: '/a b',
			point: '/c\td',
			type: 'ext4',
			upperDirectory: undefined,
		});
	});
});
