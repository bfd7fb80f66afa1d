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

/** @throws ConfigError for a network file system */
export async function refuseNetwork(directory: string): Promise<void> {
	judgeNetwork(directory, (await statfs(directory)).type);
}

/** @param type as `statfs` gives it */
export function judgeNetwork(directory: string, type: number): void {
	const network = NETWORK.get(type >>> 0);
	if (network === undefined) return;
	throw new ConfigError('store.directory', 'a local file system', `${directory} on ${network}`);
}
