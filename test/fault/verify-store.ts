import assert from 'node:assert/strict';
import { openUntouched } from '../../core/buffer/stores/sqlite/inspect/open-untouched';
import { verifyDatabase } from '../../core/buffer/stores/sqlite/inspect/verify-database';

/** Checks a closed sqlite store from outside, as `sluice store verify` does (S54). */
export function verifyStore(directory: string): void {
	const untouched = openUntouched(directory);
	try {
		const { findings, notes } = verifyDatabase(untouched, Date.now());
		assert.deepEqual(findings, []);
		assert.deepEqual(notes, []);
	} finally {
		untouched.close();
	}
}
