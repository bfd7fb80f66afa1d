import assert from 'node:assert/strict';
import type { FieldChecks } from './field-case';
import { sendOn } from './send-on';

export const mapChecks: FieldChecks = {
	P03b: async ({ input }) => {
		const { sent, flow } = await sendOn(String(input['receive']), [
			{ type: 'path', name: 'orderId', path: 'orderId' },
			{ type: 'path', name: 'e', path: 'e' },
			{
				type: 'template',
				name: 't',
				template: { language: 'jsonnet', content: 'Body("orderId")' },
			},
		]);
		// The result of a template is a number of Jsonnet (K91).
		assert.equal(sent, '[{"orderId":4634343214213523454,"e":1e400,"t":4634343214213523000}]');
		assert.deepEqual(flow, [
			{ orderId: '4634343214213523454', e: '1e400', t: 4634343214213523000 },
		]);
	},
};
