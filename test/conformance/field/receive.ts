import assert from 'node:assert/strict';
import { bodyChecks } from './bodies';
import { refuseWhatIsDeep } from './depth';
import type { FieldChecks } from './field-case';
import { sendOn } from './send-on';

export const receiveChecks: FieldChecks = {
	...bodyChecks,
	R22: async ({ input }) => {
		const body = String(input['body']);
		const { sent, flow } = await sendOn(body);
		assert.ok(sent.endsWith(`"body":${body}}]`), sent);
		// In a flow a number is a double; where it would be another one, it is text.
		assert.deepEqual((flow[0] as { body: unknown }).body, {
			orderId: '4634343214213523454',
			t: 1.1,
			big: '12345678901234567890123',
		});
	},
	'R23-8000': async () => {
		const { answers, sent } = await refuseWhatIsDeep(8_000);
		assert.deepEqual(answers, [200, 400, 200]);
		assert.deepEqual(sent, [{ good: 1 }, { good: 2 }]);
	},
};
