import type { FileHandle } from 'node:fs/promises';

/** A handle that goes nowhere else must not stay open. @throws what `work` throws */
export async function closeIfFailed<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		await handle.close();
		throw error;
	}
}
