import assert from 'node:assert/strict';
import type { FieldCase, FieldChecks } from './field-case';
import { sendOn } from './send-on';

/** The body of the whole event in the flow. */
async function bodyInFlow({ input }: FieldCase, receiver: object = {}): Promise<unknown> {
	const base64 = input['bodyBase64'];
	// The file has the line ends of multipart written out.
	const text = String(input['body']).replaceAll('\\r\\n', '\r\n');
	const body = base64 === undefined ? Buffer.from(text) : Buffer.from(String(base64), 'base64');
	const push = { headers: input['headers'] as Record<string, string> };
	const { flow } = await sendOn(body, undefined, { receiver, push });
	return bodyOf(flow[0]);
}

function bodyOf(event: unknown): unknown {
	return JSON.parse(JSON.stringify((event as { body: unknown }).body));
}

export const bodyChecks: FieldChecks = {
	R05: async (one) => assert.deepEqual(await bodyInFlow(one), { city: 'Zürich' }),
	R05c: async (one) => assert.equal(await bodyInFlow(one), 'Grüße'),
	R06: async (one) =>
		assert.deepEqual(await bodyInFlow(one), {
			payment_status: 'Completed',
			address_street: 'Straße 1',
			charset: 'windows-1252',
		}),
	R09: async (one) => assert.deepEqual(await bodyInFlow(one), { subject: 'hi' }),
	R10: async (one) => assert.deepEqual(await bodyInFlow(one), { a: 1 }),
	R38: async ({ input }) => {
		const push = { headers: input['headers'] as Record<string, string> };
		const whole = await sendOn(String(input['body']), undefined, { push });
		assert.deepEqual(whole.flow.map(bodyOf), [input['body']]);
		const receiver = { split: 'ndjson' };
		const { flow } = await sendOn(String(input['body']), undefined, { receiver, push, events: 2 });
		assert.deepEqual(flow.map(bodyOf), [{ a: 1 }, { a: 2 }]);
	},
	S26b: async (one) => assert.deepEqual(await bodyInFlow(one), { base64: 'eyJ4IjoxfQ==' }),
	R37b: async (one) => {
		const body = String(one.input['body']);
		assert.equal(await bodyInFlow(one), body);
		assert.deepEqual(await bodyInFlow(one, { readBodyAs: 'json' }), JSON.parse(body));
		const content = 'Body("Type")';
		const { flow } = await sendOn(
			body,
			[{ type: 'template', name: 't', template: { language: 'jsonnet', content } }],
			{
				receiver: { readBodyAs: 'json' },
				push: { headers: one.input['headers'] as Record<string, string> },
			},
		);
		assert.deepEqual(flow, [{ t: 'Notification' }]);
	},
};
