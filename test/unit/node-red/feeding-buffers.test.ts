import assert from 'node:assert/strict';
import { feedingBuffers } from '../../../node-red/runtime/feeding-buffers';
import type { WiredNode } from '../../../node-red/runtime/reachability';

const TAB = { id: 'tab', type: 'tab' };
const columns = [
	{ type: 'path', name: 'id', primaryKey: true },
	{ type: 'ip', name: 'ip' },
];

describe('feedingBuffers: the buffers whose batches reach a node', () => {
	const nodes = [
		TAB,
		{
			...{ id: 'r', type: 'sluice-receiver', z: 'tab', name: 'r', wires: [['f'], ['x'], ['t']] },
			buffers: [
				{ label: 'one', data: 'columns', columns, order: 'strict' },
				{ label: 'elsewhere', data: 'event' },
				{ label: 'whole', data: 'event', columns },
			],
		},
		{ id: 'f', type: 'function', z: 'tab', wires: [['t']] },
		{ id: 'x', type: 'sluice-ack', z: 'tab', wires: [[]] },
		{
			...{ id: 'b', type: 'sluice-buffer', z: 'tab', wires: [['t']], order: 'key', maxInFlight: 4 },
			...{ data: 'fields', fields: [{ name: 'a', path: 'a' }] },
		},
		{ id: 'off', type: 'sluice-buffer', z: 'tab', wires: [['t']], name: 'off' },
		{ id: 't', type: 'sluice-table', z: 'tab', wires: [[]] },
	] as unknown as WiredNode[];

	it('are told with their columns, their key and their order, by way of other nodes, too', () => {
		assert.deepEqual(feedingBuffers(nodes, 't'), [
			{
				...{ label: 'one', isInOrder: true, data: 'columns' },
				...{ columns: ['id', 'ip'], primaryKey: ['id'] },
			},
			{ label: 'whole', isInOrder: false, data: 'event', columns: [], primaryKey: [] },
			{
				...{ label: 'sluice buffer', isInOrder: false, data: 'fields' },
				...{ columns: ['a'], primaryKey: [] },
			},
			{ label: 'off', isInOrder: false, data: 'event', columns: [], primaryKey: [] },
		]);
	});

	it('are none of a node that none reaches', () =>
		assert.deepEqual(feedingBuffers(nodes, 'f'), []));
});
