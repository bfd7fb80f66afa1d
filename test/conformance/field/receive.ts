import assert from 'node:assert/strict';
import { refuseWhatIsDeep } from './depth';
import type { FieldChecks } from './field-case';

export const receiveChecks: FieldChecks = {
	'R23-8000': async () => {
		const { answers, sent } = await refuseWhatIsDeep(8_000);
		assert.deepEqual(answers, [200, 400, 200]);
		assert.deepEqual(sent, [{ good: 1 }, { good: 2 }]);
	},
};
