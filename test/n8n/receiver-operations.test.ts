import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { aSluice, aTrigger, aWebhook, located, wire } from '../support/n8n-workflows';
import { post, sharedN8n, type N8nWorld } from '../support/n8n-world';

type Fields = Readonly<Record<string, unknown>>;

describe('Sluice → Receiver, in a real n8n', function () {
	this.timeout(120_000);
	let world: N8nWorld;
	let trigger: N8nNode;
	let receiver: string;
	const urls: Record<string, string> = {};

	before(async () => {
		world = await sharedN8n();
		trigger = aTrigger({ flushSeconds: 3_600, options: { maxBodyBytes: 100 } });
		receiver = `${await world.publish('receiver', [trigger], {})}:${trigger.id}`;
		for (const operation of ['get', 'getRequests', 'renewUrlSecret']) {
			const webhook = aWebhook(`receiver/${operation}`);
			const about = { resource: 'receiver', operation, receiver: located('={{ $json.body.id }}') };
			const sluice = aSluice(about);
			await world.publish(operation, [webhook, sluice], wire(webhook, [sluice]));
			urls[operation] = `${world.url}/webhook/receiver/${operation}`;
		}
	});

	const ask = async (operation: string, id = receiver): Promise<Fields[]> => {
		const { status, text } = await post(urls[operation] ?? '', { id });
		assert.equal(status, 200, text);
		return JSON.parse(text) as Fields[];
	};

	it('tells what was taken and refused, the last requests without secrets, and renews the secret', async () => {
		const authorization = 'Bearer of-the-sender';
		assert.equal((await world.push(trigger, { n: 1 }, { authorization })).status, 200);
		assert.equal((await world.push(trigger, { x: 'x'.repeat(200) })).status, 413);
		const requests = await ask('getRequests');
		assert.deepEqual(
			requests.map(({ status, outcome, code, bytes, path }) => [
				status,
				outcome,
				code,
				bytes,
				path,
			]),
			[
				[413, 'refused', 'ERR_BODY_TOO_LARGE', 208, '/webhook/events'],
				[200, 'stored', undefined, 7, '/webhook/events'],
			],
			'the newest first',
		);
		const [before] = await ask('get');
		assert.deepEqual([before?.['accepted'], before?.['refused']], [1, 1]);
		const shown = JSON.stringify([requests, before]);
		assert.match(shown, /"authorization":"\*\*\* \(20 characters\)"/);
		assert.doesNotMatch(shown, new RegExp(`of-the-sender|${trigger.webhookId}`));

		const [renewed] = await ask('renewUrlSecret');
		const inADay = Date.parse(String(renewed?.['formerUntil'])) - Date.now();
		assert.ok(Math.abs(inADay - 24 * 3_600_000) < 60_000, 'the former one goes on for a day');
		assert.equal((await post(String(renewed?.['url']), { n: 2 })).status, 200);
		const [after] = await ask('get');
		const used = after?.['secrets'] as { position: number; lastUsedAt: string | null }[];
		assert.deepEqual(
			used.map(({ position, lastUsedAt }) => [position, lastUsedAt !== null]),
			[
				[1, true],
				[2, true],
			],
			'of the new and of the former secret',
		);
	});

	it('prints a line that pushes an event as the receiver takes it, with all but the secret in it', async () => {
		const secret = `it's "of the sender"`;
		const signs = await world.api.createCredential('sluiceSignatureApi', 'hmac', { secret });
		const signed = aTrigger(
			{ authentication: 'hmac', options: { split: 'csv' } },
			{ sluiceSignatureApi: signs },
		);
		const id = `${await world.publish('signed', [signed], {})}:${signed.id}`;
		const [before] = await ask('get', id);
		const [way] = before?.['ways'] as Fields[];
		assert.doesNotMatch(String(way?.['pushCommandNeeds']), /URL/);
		const { stdout } = await promisify(execFile)('sh', ['-c', String(way?.['pushCommand'])], {
			env: { PATH: process.env['PATH'], SECRET: secret },
			timeout: 20_000,
		});
		assert.equal((JSON.parse(stdout) as Fields)['stored'], 1, stdout);
	});

	it('fails for a receiver that is not there, instead of an empty answer', async () => {
		for (const operation of Object.keys(urls)) {
			const { status } = await post(urls[operation] ?? '', { id: 'w:n' });
			assert.equal(status, 500, operation);
		}
	});
});
