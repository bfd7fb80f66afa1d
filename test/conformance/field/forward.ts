import assert from 'node:assert/strict';
import { refuseWhatIsDeep } from './depth';
import type { FieldChecks } from './field-case';
import { sendOn } from './numbers';

export const forwardChecks: FieldChecks = {
	P03: async ({ input }) => {
		const body = String(input['receive']);
		const { sent } = await sendOn(body);
		assert.ok(sent.endsWith(`"body":${body}}]`), sent);
	},
	'P01-5000': () => deep(5_000),
	'P01-400000': () => deep(400_000),
};

async function deep(levels: number): Promise<void> {
	const { answers, sent } = await refuseWhatIsDeep(levels);
	assert.deepEqual(answers, [200, 400, 200]);
	assert.deepEqual(sent, [{ good: 1 }, { good: 2 }]);
}
