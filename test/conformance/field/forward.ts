import assert from 'node:assert/strict';
import { refuseWhatIsDeep } from './depth';
import type { FieldChecks } from './field-case';
import { sendOn } from './send-on';

export const forwardChecks: FieldChecks = {
	X01: async () => {
		const secret = '4d1f0c2b9a8e7d6c5b4a39281706f5e4';
		const { sent, flow } = await sendOn('{}', undefined, {
			receiver: {
				auth: [{ kind: 'url-secret', secrets: [secret] }],
				secretHeaders: ['authorization'],
			},
			push: {
				path: `/r/${secret}`,
				headers: {
					authorization: 'Basic aG9zdDpwYXNz',
					'x-forwarded-uri': `/r/${secret}`,
					cookie: 'session=1',
					'x-hub-signature': 'sha1=1',
				},
			},
		});
		for (const gone of [secret, 'Basic', 'session']) assert.equal(sent.includes(gone), false, gone);
		assert.ok(sent.includes('"x-hub-signature":"sha1=1"'));
		// The cookie is the event's, and stays in its row; what let the request in is not.
		const { headers, path } = flow[0] as { headers: object; path: string };
		assert.deepEqual(headers, { cookie: 'session=1', 'x-hub-signature': 'sha1=1' });
		assert.equal(path, '/r');
	},
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
