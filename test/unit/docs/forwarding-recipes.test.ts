import assert from 'node:assert/strict';
import { parseExportConfig } from '../../../core/pipeline/parse-export';
import { toExport } from '../../../core/settings/buffer-settings';
import { toFlowSink } from '../../../core/settings/flow-settings';
import { checkRows, validateSinkConfig } from '../../../core/sink/create-sink';
import { readExample } from '../../support/example-flows';
import { FORWARDING_RECIPES } from '../../support/forwarding-recipes';

const WHO = { id: 'main', receiverId: 'r1' };

describe('the recipes of docs/forwarding.md', () => {
	it('are those that one would look for', () => {
		assert.deepEqual(
			FORWARDING_RECIPES.map(({ name }) => name),
			[
				'As a Data Connector',
				'A Standard Webhooks sender',
				'Signed batches to an API of your own',
				'A weekend without the endpoint',
				'To MQTT, by a flow of Node-RED',
				'To a database, by a flow of Node-RED',
			],
		);
	});

	for (const { name, text, export: input, sink, buffer } of FORWARDING_RECIPES) {
		if (buffer) {
			const [, file = ''] = /`examples\/([\w-]+\.json)`/.exec(text) ?? [];

			it(`${name}: is what the example has, and right`, () => {
				const receivers = readExample(file).filter(({ type }) => type === 'sluice-receiver');
				const buffers = receivers.flatMap((one) => one['buffers'] as object[]);
				assert.equal(buffers.length, 1);
				assert.deepEqual({ ...buffers[0], ...buffer }, buffers[0]);
				const { retry, order } = parseExportConfig(toExport({ ...WHO, label: 'x' }, buffer));
				assert.equal(retry.repeatLast, true, 'it goes on through an outage of any length');
				assert.equal(order, buffer['order'] ?? 'any');
				const { ackTimeoutMs = 0 } = toFlowSink(buffer);
				assert.equal(ackTimeoutMs, Number(buffer['ackTimeoutSeconds']) * 1_000);
			});
		} else {
			it(`${name}: is right, whole and part by part`, () => {
				assert.ok(input && sink);
				const config = parseExportConfig({ ...WHO, ...input });
				validateSinkConfig(sink);
				checkRows(sink, config);
				const fields = [...Object.keys(config), 'output'];
				assert.deepEqual(
					Object.keys(input).filter((field) => !fields.includes(field)),
					[],
					'fields that nobody reads',
				);
			});
		}
	}
});
