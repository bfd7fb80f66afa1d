/** Connectors that nobody would ask for: each is made or refused with a 4xx, and whatever was made can be listed and removed. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SAMPLE_TYPES } from '../../core/pure/sample-events';
import { openConnectorWorld } from '../support/api/connector-world';

const RUNS = 120 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);
const ALL = '/v2/projects/p1/dataconnectors';
const GOOD = 'https://e.example.com/';

const text = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.constantFrom('', ' ', '__proto__', 'constructor', 'x'.repeat(70_000)),
	fc.constantFrom('https://[::1]/', 'https://e.example.com:99999/', 'https://ü.example/\u0000'),
);
const leaf = fc.oneof(
	text,
	fc.constant(null),
	fc.integer(),
	fc.array(text, { maxLength: 3 }),
	fc.dictionary(text, text, { maxKeys: 3 }),
);
const mostly = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: usual }, leaf);
const httpConfig = fc.record(
	{
		url: mostly(fc.constant(GOOD)),
		signatureSecret: mostly(text),
		headers: mostly(fc.dictionary(text, text, { maxKeys: 3 })),
	},
	{ requiredKeys: ['url'] },
);
const resource = fc.record(
	{
		type: fc.constant('HTTP_PUSH'),
		displayName: mostly(text),
		status: mostly(fc.constantFrom('ACTIVE', 'USER_DISABLED', 'SYSTEM_DISABLED')),
		events: mostly(fc.array(fc.constantFrom(...SAMPLE_TYPES))),
		labels: mostly(fc.array(text, { maxLength: 3 })),
		httpConfig: mostly(httpConfig),
	},
	{ requiredKeys: ['type', 'httpConfig'] },
);
const mask = fc.oneof(
	fc.constantFrom('', 'httpConfig', 'status,labels', 'displayName,httpConfig.url'),
	fc.string({ unit: 'binary', maxLength: 30 }),
);

describe('data connectors take whatever comes', function () {
	this.timeout(120_000);

	it('is made or refused, and leaves the project as it was', async () => {
		const world = await openConnectorWorld();
		try {
			await world.put('dc1');
			await fc.assert(
				fc.asyncProperty(resource, mask, async (body, paths) => {
					const made = await world.call('POST', ALL, body);
					assert.ok(made.status < 500, JSON.stringify(made.json));
					if (made.status === 200) {
						const { status } = await world.call('DELETE', `/v2/${String(made.json['name'])}`);
						assert.equal(status, 200);
					}
					const query = new URLSearchParams({ updateMask: paths.toWellFormed() });
					const changed = await world.call('PATCH', `${ALL}/dc1?${query}`, body);
					assert.ok(changed.status < 500, JSON.stringify(changed.json));
					const { json } = await world.call('GET', ALL);
					const names = (json['dataConnectors'] as { name: string }[]).map(({ name }) => name);
					assert.deepEqual(names, ['projects/p1/dataconnectors/dc1']);
				}),
				{ numRuns: RUNS },
			);
		} finally {
			await world.close();
		}
	});
});
