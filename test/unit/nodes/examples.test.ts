import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { SluiceTrigger } from '../../../nodes/SluiceTrigger/SluiceTrigger.node.js';
import { ROOT } from '../../../scripts/host/cache';
import { readN8nExample } from '../../support/n8n-examples';

const { properties, version, defaultVersion } = new SluiceTrigger().description;

/** Parameters that a collection takes. */
const optionsOf = (name: string): INodeProperties[] =>
	properties
		.filter((one) => one.name === name && one.type === 'collection')
		.flatMap((one) => (one.options ?? []) as INodeProperties[]);

/** Those of these parameters that there are none of, or of which the value is none of its choices. */
const unknownOf = (given: object, known: readonly INodeProperties[]): string[] =>
	Object.entries(given).flatMap(([name, value]) => {
		const named = known.filter((one) => one.name === name);
		const isRight = named.some(
			({ type, options = [] }) =>
				type !== 'options' || options.some((one) => 'value' in one && one.value === value),
		);
		return isRight ? [] : [`${name}: ${JSON.stringify(value)}`];
	});

/** All but names that are nobody's, and the n8n that the workflow runs in. */
const OF_OURS = /https?:\/\/(?!(?:api\.)?example\.com\/|127\.0\.0\.1:5678\/webhook\/)/;

describe('the examples of n8n', () => {
	for (const file of readdirSync(path.join(ROOT, 'examples/n8n'))) {
		const { name, nodes, connections } = readN8nExample(file);
		const triggers = nodes.filter(({ type }) => type.endsWith('.sluiceTrigger'));

		it(`${file} sets parameters that are there, and holds no URL or credential of ours`, () => {
			assert.match(name, /^Sluice: /);
			assert.ok(triggers.length > 0);
			for (const { parameters, typeVersion } of triggers) {
				assert.equal(typeVersion, defaultVersion ?? version);
				assert.deepEqual(unknownOf(parameters, properties), []);
				for (const collection of ['options', 'requestOptions', 'deliveryOptions']) {
					const set = (parameters[collection] ?? {}) as object;
					assert.deepEqual(unknownOf(set, optionsOf(collection)), [], collection);
				}
			}
			for (const node of nodes) {
				assert.equal(node.webhookId, undefined, 'it is the secret of the URL');
				assert.equal(node.credentials, undefined);
				assert.doesNotMatch(JSON.stringify(node.parameters), OF_OURS);
			}
			const named = new Set(nodes.map((node) => node.name));
			assert.equal(named.size, nodes.length);
			for (const from of Object.keys(connections)) assert.ok(named.has(from), from);
			assert.ok(nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote'));
		});
	}
});
