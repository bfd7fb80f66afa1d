import assert from 'node:assert/strict';
import { copyPlace } from '../../../core/sink/table/postgres/copy-place';

describe('where COPY stopped', () => {
	for (const [context, expected] of [
		['COPY sluice_stage_1a2b, line 3, column c1: "x c7"', { line: 3, column: 1 }],
		['COPY sluice_stage_1a2b, Zeile 3, Spalte c12: »4«', { line: 3, column: 12 }],
		['COPY sluice_stage_1a2b, ligne 21, colonne c0 : « a »', { line: 21, column: 0 }],
		['COPY sluice_stage_1a2b, 行 3, 列 c1: "x"', { line: 3, column: 1 }],
		['COPY sluice_stage_1a2b, line 3: "a, c5"', { line: 3, column: undefined }],
		['COPY sluice_stage_1a2b, line 3', { line: 3, column: undefined }],
		['SQL statement "INSERT"', undefined],
	] as const) {
		it(context, () => assert.deepEqual(copyPlace(context), expected));
	}
});
