import assert from 'node:assert/strict';
import { refuseWhatIsDeep } from './depth';
import type { FieldChecks } from './field-case';

export const forwardChecks: FieldChecks = {
	'P01-5000': () => deep(5_000),
	'P01-400000': () => deep(400_000),
};

async function deep(levels: number): Promise<void> {
	const { answers, sent } = await refuseWhatIsDeep(levels);
	assert.deepEqual(answers, [200, 400, 200]);
	assert.deepEqual(sent, [{ good: 1 }, { good: 2 }]);
}
