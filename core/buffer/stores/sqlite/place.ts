import { statfs } from 'node:fs/promises';
import { ConfigError } from '../../../errors';

/** File systems on which SQLite's locks and syncs cannot be trusted (S15). */
const NETWORK = new Map([
	[0x6969, 'NFS'],
	[0xff534d42, 'CIFS'],
	[0xfe534d42, 'SMB2'],
	[0x01021997, '9P'],
	[0x00c36400, 'Ceph'],
]);

/** File systems that vanish with the container or the machine. */
const FLEETING = new Map([
	[0x794c7630, 'overlayfs'],
	[0x01021994, 'tmpfs'],
]);

/**
 * @returns a warning, or undefined
 * @throws ConfigError for a network file system
 */
export async function checkPlace(directory: string): Promise<string | undefined> {
	return judgePlace(directory, (await statfs(directory)).type);
}

/** @param type as `statfs` gives it */
export function judgePlace(directory: string, type: number): string | undefined {
	const network = NETWORK.get(type >>> 0);
	if (network !== undefined) {
		throw new ConfigError('store.directory', 'a local file system', `${directory} on ${network}`);
	}
	const fleeting = FLEETING.get(type >>> 0);
	if (fleeting === undefined) return undefined;
	return `store ${directory} is on ${fleeting}: its rows vanish with the container or the machine`;
}
