import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openKeyWorld } from '../../support/api/key-world';
import { pageLines } from '../../support/api/page-lines';
import { skipWithout } from '../../support/skip';

const run = promisify(execFile);

describe('the lines of docs/apis.md about data connectors', () => {
	before(async function () {
		await run('curl', ['--version']).catch((error) => skipWithout(this, 'curl', error));
	});

	it('work as printed, with the address and the credentials changed', async () => {
		const world = await openKeyWorld();
		try {
			let id = '';
			const answers: Record<string, unknown>[] = [];
			for (const line of pageLines('Data connectors: `/v2`')) {
				const mine = line
					.replace('http://127.0.0.1:8080', world.origin)
					.replace('<PROJECT_ID>', 'p1')
					.replace('<SERVICE_ACCOUNT_KEY_ID>', world.credential.id)
					.replace('<SERVICE_ACCOUNT_SECRET>', world.secret)
					.replace('<RANDOM_ID>', 'a0b1c2d3')
					.replace('<DATA_CONNECTOR_ID>', id);
				assert.doesNotMatch(mine, /<[A-Z_]+>/);
				const { stdout } = await run('sh', ['-c', mine]);
				const answer = JSON.parse(stdout) as Record<string, unknown>;
				id ||= String(answer['name']).split('/')[3] ?? '';
				answers.push(answer);
			}
			const [made, counted, changed, ...others] = answers;
			assert.deepEqual(others, []);
			assert.partialDeepStrictEqual(made, {
				displayName: 'Example',
				status: 'ACTIVE',
				httpConfig: { url: 'https://webhook.site/a0b1c2d3' },
			});
			assert.deepEqual(counted, {
				metrics: { successCount: 0, errorCount: 0, latency99p: '0s' },
			});
			assert.deepEqual(changed, { ...made, status: 'USER_DISABLED' });
		} finally {
			await world.close();
		}
	});
});
