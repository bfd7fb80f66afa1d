import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../scripts/host/cache';
import { eventually } from '../../support/eventually';
import { modulesOf, readExample } from '../../support/example-flows';
import { NodeRedWorld } from '../../support/node-red-world';

describe('the examples, imported into a real Node-RED', function () {
	this.timeout(180_000);

	for (const file of readdirSync(path.join(ROOT, 'examples')).filter((name) =>
		name.endsWith('.json'),
	)) {
		it(`${file} deploys without a complaint`, async () => {
			const world = await NodeRedWorld.create();
			const flows = readExample(file);
			const secrets = flows
				.filter(({ type }) => type === 'sluice-secret')
				.map(({ id }) => [id, { secret: 'k' }]);
			const receivers = flows
				.filter(({ type }) => type === 'sluice-receiver')
				.map(({ id }) => [id, { urlSecret: 'u'.repeat(16) }]);
			try {
				await world.start({
					flows,
					modules: modulesOf(flows),
					credentials: Object.fromEntries([...secrets, ...receivers]),
				});
				const { text } = await world.request('GET', '/flows', '', { accept: 'application/json' });
				assert.equal((JSON.parse(text) as object[]).length, flows.length);
				for (const [id] of receivers) {
					const { path: configured = '' } = flows.find((one) => one.id === id) as { path?: string };
					await eventually('an answer', async () => {
						const { status } = await world.push(`${configured || `/sluice/${String(id)}`}/x`, '{}');
						return status === 401 || status === 404;
					});
				}
				assert.deepEqual(
					world.log.filter((line) => /\[(error|warn)\].*sluice/i.test(line)),
					[],
				);
			} finally {
				await world.close();
			}
		});
	}
});
