import assert from 'node:assert/strict';
import { settlingNodes, type WiredNode } from '../../../node-red/runtime/reachability';

const wired = (id: string, type: string, ...wires: string[][]): WiredNode => ({ id, type, wires });

describe('settlingNodes: what a batch can reach by wires', () => {
	const cases: { name: string; nodes: WiredNode[]; output?: number; found: string[] }[] = [
		{ name: 'nothing is wired', nodes: [wired('r', 'sluice-receiver', [])], found: [] },
		{
			name: 'an ack behind other nodes',
			nodes: [
				wired('r', 'sluice-receiver', ['f']),
				wired('f', 'function', ['a']),
				wired('a', 'sluice-ack'),
			],
			found: ['a'],
		},
		{
			name: 'only what hangs on the output asked for',
			nodes: [
				wired('r', 'sluice-receiver', ['a'], ['b']),
				wired('a', 'sluice-ack'),
				wired('b', 'sluice-forward'),
			],
			output: 1,
			found: ['b'],
		},
		{
			name: 'several, each once',
			nodes: [
				wired('r', 'sluice-receiver', ['a', 'f']),
				wired('f', 'function', ['a', 'b']),
				wired('a', 'sluice-ack'),
				wired('b', 'sluice-forward'),
			],
			found: ['a', 'b'],
		},
		{
			name: 'a loop',
			nodes: [wired('r', 'sluice-receiver', ['f']), wired('f', 'delay', ['f'])],
			found: [],
		},
		{
			name: 'no further than a settling node',
			nodes: [
				wired('r', 'sluice-receiver', ['a']),
				wired('a', 'sluice-forward', ['b']),
				wired('b', 'sluice-ack'),
			],
			found: ['a'],
		},
		{
			name: 'not through a disabled node',
			nodes: [
				wired('r', 'sluice-receiver', ['f']),
				{ ...wired('f', 'function', ['a']), d: true },
				wired('a', 'sluice-ack'),
			],
			found: [],
		},
		{
			name: 'through link out and link in',
			nodes: [
				wired('r', 'sluice-receiver', ['o']),
				{ id: 'o', type: 'link out', wires: [], links: ['i'], mode: 'link' },
				wired('i', 'link in', ['a']),
				wired('a', 'sluice-ack'),
			],
			found: ['a'],
		},
		{
			name: 'through a link call and back',
			nodes: [
				wired('r', 'sluice-receiver', ['c']),
				{ ...wired('c', 'link call', ['a']), links: ['i'] },
				wired('i', 'link in', ['o']),
				{ id: 'o', type: 'link out', wires: [], mode: 'return' },
				wired('a', 'sluice-ack'),
			],
			found: ['a'],
		},
		{
			name: 'inside a subflow',
			nodes: [
				wired('r', 'sluice-receiver', ['s']),
				wired('s', 'subflow:def', []),
				{ id: 'def', type: 'subflow', in: [{ wires: [{ id: 'a' }] }], out: [] },
				{ ...wired('a', 'sluice-ack'), z: 'def' },
			],
			found: ['a'],
		},
		{
			name: 'through a subflow and out again',
			nodes: [
				wired('r', 'sluice-receiver', ['s']),
				wired('s', 'subflow:def', ['a']),
				{
					id: 'def',
					type: 'subflow',
					in: [{ wires: [{ id: 'f' }] }],
					out: [{ wires: [{ id: 'f', port: 0 }] }],
				},
				{ ...wired('f', 'function', []), z: 'def' },
				wired('a', 'sluice-ack'),
			],
			found: ['a'],
		},
		{
			name: 'out of the subflow that holds the receiver',
			nodes: [
				{ ...wired('r', 'sluice-receiver', []), z: 'def' },
				{ id: 'def', type: 'subflow', in: [], out: [{ wires: [{ id: 'r', port: 0 }] }] },
				wired('s', 'subflow:def', ['a']),
				wired('a', 'sluice-ack'),
			],
			found: ['a'],
		},
	];
	for (const { name, nodes, output = 0, found } of cases) {
		it(`finds ${name}`, () => {
			assert.deepEqual(settlingNodes(nodes, 'r', output).sort(), found);
		});
	}
});
