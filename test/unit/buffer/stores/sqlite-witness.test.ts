import assert from 'node:assert/strict';
import { checkWitness } from '../../../../core/buffer/stores/sqlite/check-witness';

const storeId = '01234567-89ab-cdef-0123-456789abcdef';
const found = { storeId, commitNumber: 10, appendedRows: 100, nextBatch: 5 };

/** What the database says of itself, and what the witness makes of it. */
const CASES = [
	{ name: 'all of it', commitNumber: 10, appendedRows: 100, missing: 0 },
	{ name: 'more, as after power loss', commitNumber: 11, appendedRows: 102, missing: 0 },
	{ name: 'fewer commits and rows', commitNumber: 8, appendedRows: 97, missing: 3 },
	{
		name: 'fewer commits, none of which took rows',
		commitNumber: 9,
		appendedRows: 100,
		missing: 0,
	},
	{ name: 'as many commits, but fewer rows', commitNumber: 10, appendedRows: 99, missing: 1 },
	{ name: 'more commits, but fewer rows', commitNumber: 12, appendedRows: 98, missing: 2 },
];

describe('the witness of a sqlite store (S52)', () => {
	for (const { name, commitNumber, appendedRows, missing } of CASES) {
		it(`counts ${missing} missing rows where the database has ${name}`, () => {
			const meta = {
				storeId,
				createdAt: 0,
				commitNumber,
				appendedRows,
				nextBatch: 4,
				missingRows: 0,
				quarantinedRows: 0,
				documentRevision: 0,
			};
			const warning = checkWitness(found, { meta, exports: [], isNew: false, hadLog: true });
			assert.equal(meta.missingRows, missing);
			const isAhead = missing > 0 || commitNumber < found.commitNumber;
			assert.equal(warning !== undefined, isAhead);
			if (!isAhead) return;
			assert.match(warning ?? '', new RegExp(`^${missing} acknowledged rows are missing`));
			// From here on it counts from what was answered for, whichever of the two says more.
			assert.equal(meta.commitNumber, Math.max(commitNumber, found.commitNumber));
			assert.deepEqual([meta.appendedRows, meta.nextBatch], [100, 5]);
			assert.equal(
				checkWitness(found, { meta, exports: [], isNew: false, hadLog: true }),
				undefined,
			);
		});
	}
});
