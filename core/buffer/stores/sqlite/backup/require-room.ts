import { statSync } from 'node:fs';
import { defaultMinFreeBytes, measureDisk, showMb } from '../free-space';
import { backupFailed } from './backup-failed';

/** Whether a backup may be written, asked before it and after each piece of it: others use the disk, too. */
export type RequireRoom = (bytes: number) => void;

/**
 * A backup on the disk of the store may not take the room that the store keeps free to go on (S42); one on another disk has to fit.
 *
 * @returns throws ERR_BACKUP_FAILED where so many bytes are too many
 */
export function roomFor(
	target: string,
	store: { readonly directory: string; readonly minFreeBytes: number | undefined },
): RequireRoom {
	const isSameDisk = statSync(target).dev === statSync(store.directory).dev;
	return (bytes) => {
		const { freeBytes, totalBytes } = measureDisk(target);
		const keptBytes = isSameDisk ? (store.minFreeBytes ?? defaultMinFreeBytes(totalBytes)) : 0;
		if (freeBytes - bytes >= keptBytes) return;
		const kept = keptBytes === 0 ? '' : `, and ${showMb(keptBytes)} must stay free for the store`;
		throw backupFailed(
			`it needs ${showMb(bytes)} more, ${showMb(freeBytes)} are free there${kept}: make room, or choose another disk`,
			{ details: { neededBytes: bytes, freeBytes, keptBytes } },
		);
	};
}
