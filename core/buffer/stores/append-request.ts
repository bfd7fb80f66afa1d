import type { Store } from '../store';

export type AppendRequest = Parameters<Store['append']>[0];

/**
 * Checks what types cannot: a wrong size would make counters, quotas and batch bounds lie for ever.
 *
 * @throws TypeError the caller is wrong
 */
export function checkAppend(request: AppendRequest): void {
	for (const row of request.rows) checkSize(row.sizeBytes, row.exportId);
	for (const { row } of request.dead ?? []) checkSize(row.sizeBytes, row.exportId);
}

function checkSize(sizeBytes: number, exportId: string): void {
	if (!Number.isInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > 0xffff_ffff) {
		throw new TypeError(`append: sizeBytes of a row of ${exportId} is ${sizeBytes}`);
	}
}
