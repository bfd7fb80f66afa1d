import { QUOTA_BYTES } from './defaults';
import { ownerOf, quotaReached } from './failures';
import type { StoredExport } from '../store';
import type { Tally } from './tally';

/** What of an export counts for the quota of its receiver and for that of the store (S43): everything that is kept. */
export type KeptBytes = Pick<Tally, 'bytes' | 'openBytes' | 'deadBytes'>;

/** Of all that is kept, and how much of it are dead letters. */
export interface UsedBytes {
	bytes: number;
	deadBytes: number;
}

/** An export with its numbers. */
export interface CountedExport {
	readonly config: Pick<StoredExport, 'receiverId' | 'quota'>;
	readonly tally: KeptBytes;
}

/** From which part of the quota on dead letters are warned of. */
const WARN_FROM = 0.8;

function keptBytes({ bytes, openBytes, deadBytes }: KeptBytes): number {
	return bytes + openBytes + deadBytes;
}

export function sumKept(tallies: readonly KeptBytes[]): UsedBytes {
	let bytes = 0;
	let deadBytes = 0;
	for (const tally of tallies) {
		bytes += keptBytes(tally);
		deadBytes += tally.deadBytes;
	}
	return { bytes, deadBytes };
}

/**
 * Strictly greater than, as the K-rules have it (S43). Dead letters count: they are kept until somebody replays or purges them, or
 * for 7 days, and a destination that rejects everything must not fill the disk. Nothing is dropped to make room.
 *
 * @throws BufferError ERR_QUOTA
 */
export function checkQuota(
	{ receiverId, quota }: CountedExport['config'],
	used: Readonly<UsedBytes>,
): void {
	const quotaBytes = quota?.bytes ?? QUOTA_BYTES;
	if (used.bytes > quotaBytes) throw quotaReached(receiverId, used, quotaBytes);
}

/** For the warnings of `stats`: receivers whose dead letters leave little of their quota. */
export function warnOfDeadLetters(exports: readonly CountedExport[]): string[] {
	const receivers = new Map<string, { deadBytes: number; quotaBytes: number }>();
	for (const { config, tally } of exports) {
		const known = receivers.get(config.receiverId);
		const quotaBytes = config.quota?.bytes ?? QUOTA_BYTES;
		receivers.set(config.receiverId, {
			deadBytes: (known?.deadBytes ?? 0) + tally.deadBytes,
			quotaBytes: Math.min(known?.quotaBytes ?? quotaBytes, quotaBytes),
		});
	}
	return [...receivers]
		.filter(([, { deadBytes, quotaBytes }]) => deadBytes > quotaBytes * WARN_FROM)
		.map(
			([receiverId, { deadBytes, quotaBytes }]) =>
				`dead letters of ${ownerOf(receiverId)} take ${deadBytes} of the ${quotaBytes} bytes of its quota; ` +
				'when it is full, pushes are refused: replay or purge them',
		);
}
