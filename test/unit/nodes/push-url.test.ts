import assert from 'node:assert/strict';
import { pushUrlOf } from '../../../nodes/SluiceTrigger/push-url';

const NAMES = ['N8N_WEBHOOK_URL', 'WEBHOOK_URL', 'N8N_ENDPOINT_WEBHOOK'] as const;

describe('the push URL of a Trigger, as n8n makes it', () => {
	const before = NAMES.map((name) => process.env[name]);
	const set = (values: Readonly<Record<string, string | undefined>>): void => {
		for (const name of NAMES) {
			const value = values[name];
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		}
	};
	afterEach(() => set(Object.fromEntries(NAMES.map((name, at) => [name, before[at]]))));

	const editor = { getInstanceBaseUrl: () => 'https://editor.example/n8n' };
	const id = { webhookId: 'w-1' };
	for (const [name, env, base] of [
		['by the address of the editor', {}, 'https://editor.example/n8n/webhook'],
		[
			'by the environment, with or without a slash',
			{ WEBHOOK_URL: 'https://hooks.example/' },
			'https://hooks.example/webhook',
		],
		[
			'by the newer name of it first, within quotes, and by the name of the endpoint',
			{
				N8N_WEBHOOK_URL: '"https://new.example"',
				WEBHOOK_URL: 'https://hooks.example',
				N8N_ENDPOINT_WEBHOOK: 'in',
			},
			'https://new.example/in',
		],
	] as const) {
		it(name, () => {
			set(env);
			const pushUrl = pushUrlOf(editor, id);
			assert.equal(pushUrl(), `${base}/w-1/events`);
			assert.equal(pushUrl('s'), `${base}/w-1/w-1/events/s`);
		});
	}
});
