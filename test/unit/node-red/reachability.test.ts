import assert from 'node:assert/strict';
import { reachOf, type WiredNode } from '../../../node-red/runtime/reachability';

const wired = (id: string, type: string, ...wires: string[][]): WiredNode => ({ id, type, wires });

describe('reachOf: what a batch can reach by wires', () => {
	const cases: { name: string; nodes: WiredNode[]; output?: number; found: string[] }[] = [
		{ name: 'nothing is wired', nodes: [wired('r', 'sluice-receiver', [])], found: [] },
		...['forward', 'table', 'file', 'buffer'].map((type) => ({
			name: `a sluice ${type}`,
			nodes: [wired('r', 'sluice-receiver', ['a']), wired('a', `sluice-${type}`)],
			found: ['a'],
		})),
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
			name: 'by a complete node that hears the last node',
			nodes: [
				wired('r', 'sluice-receiver', ['m']),
				wired('m', 'mqtt out'),
				{ ...wired('c', 'complete', ['a']), scope: ['other', 'm'] },
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
			assert.deepEqual([...reachOf(nodes, 'r', output).settling].sort(), found);
		});
	}

	const tab = { id: 'off', type: 'tab', disabled: true };
	const receiver = (...wires: string[][]) => wired('r', 'sluice-receiver', ...wires);
	const subflow = (first: string, ...last: string[]): WiredNode => ({
		id: 'def',
		type: 'subflow',
		in: [{ wires: [{ id: first }] }],
		out: [{ wires: last.map((id) => ({ id, port: 0 })) }],
	});
	const unreached: {
		name: string;
		nodes: WiredNode[];
		notRunning?: string[];
		isReceived?: boolean;
	}[] = [
		{ name: 'no wire', nodes: [receiver([])] },
		{ name: 'no list of wires', nodes: [{ id: 'r', type: 'sluice-receiver' }] },
		{ name: 'a wire to a node that is gone', nodes: [receiver(['gone'])] },
		{
			name: 'a wire from its other output',
			nodes: [receiver([], ['a']), wired('a', 'sluice-ack')],
		},
		{
			name: 'a disabled node that settles nothing',
			nodes: [receiver(['f']), { ...wired('f', 'debug'), d: true }],
		},
		{
			name: 'a link out that leads nowhere',
			nodes: [receiver(['o']), { id: 'o', type: 'link out', links: [], wires: [] }],
		},
		{
			name: 'a junction that leads nowhere',
			nodes: [receiver(['j']), wired('j', 'junction', [])],
		},
		{
			name: 'a catch node, which never hears of success',
			nodes: [
				receiver(['m']),
				wired('m', 'mqtt out'),
				{ ...wired('c', 'catch', ['a']), scope: ['m'] },
				wired('a', 'sluice-ack'),
			],
			isReceived: true,
		},
		{
			name: 'complete nodes of other nodes, of another tab, or of none',
			nodes: [
				receiver(['m']),
				wired('m', 'mqtt out'),
				{ ...wired('c1', 'complete', ['a']), scope: ['other'] },
				{ ...wired('c2', 'complete', ['a']), scope: ['m'], z: 'other tab' },
				{ ...wired('c3', 'complete', ['a']), scope: null },
				wired('a', 'sluice-ack'),
			],
			isReceived: true,
		},
		{
			name: 'a disabled complete node',
			nodes: [
				receiver(['m']),
				wired('m', 'mqtt out'),
				{ ...wired('c', 'complete', ['a']), scope: ['m'], d: true },
				wired('a', 'sluice-ack'),
			],
			notRunning: ['a'],
			isReceived: true,
		},
		{
			name: 'an empty subflow',
			nodes: [receiver(['s']), wired('s', 'subflow:def', []), { id: 'def', type: 'subflow' }],
		},
		{ name: 'a subflow that is gone', nodes: [receiver(['s']), wired('s', 'subflow:def', [])] },
		{
			name: 'a disabled settling node',
			nodes: [receiver(['a']), { ...wired('a', 'sluice-forward'), d: true }],
			notRunning: ['a'],
		},
		{
			name: 'a settling node that could not be started',
			nodes: [receiver(['a']), { ...wired('a', 'sluice-forward'), broken: true }],
			notRunning: ['a'],
		},
		{
			name: 'a settling node on a disabled tab, behind a link',
			nodes: [
				receiver(['o']),
				{ id: 'o', type: 'link out', links: ['i'], wires: [] },
				{ ...wired('i', 'link in', ['a']), z: 'off' },
				{ ...wired('a', 'sluice-ack'), z: 'off' },
				tab,
			],
			notRunning: ['a'],
		},
		{
			name: 'a settling node behind a disabled one, beside a node that runs',
			nodes: [
				receiver(['f', 'g']),
				{ ...wired('f', 'function', ['a']), d: true },
				wired('g', 'debug'),
				wired('a', 'sluice-ack'),
			],
			notRunning: ['a'],
			isReceived: true,
		},
		{
			name: 'a settling node in a disabled subflow instance',
			nodes: [
				receiver(['s']),
				{ ...wired('s', 'subflow:def', []), d: true },
				subflow('a'),
				{ ...wired('a', 'sluice-ack'), z: 'def' },
			],
			notRunning: ['a'],
		},
		{
			name: 'a disabled settling node in a subflow',
			nodes: [
				receiver(['s']),
				wired('s', 'subflow:def', []),
				subflow('a'),
				{ ...wired('a', 'sluice-ack'), z: 'def', d: true },
			],
			notRunning: ['a'],
		},
		{
			name: 'a settling node behind a subflow through which nothing runs',
			nodes: [
				receiver(['s']),
				{ ...wired('s', 'subflow:def', []), wires: [] },
				subflow('f', 'f'),
				{ ...wired('f', 'function', []), z: 'def', d: true },
				wired('a', 'sluice-ack'),
			],
		},
	];
	for (const { name, nodes, notRunning = [], isReceived = false } of unreached) {
		it(`reaches nothing that settles by ${name}`, () => {
			assert.deepEqual(reachOf(nodes, 'r', 0), { settling: [], notRunning, isReceived });
		});
	}

	it('counts what is reached on one way as reached, though another one is disabled', () => {
		const nodes = [
			receiver(['f', 'g']),
			{ ...wired('f', 'function', ['a']), d: true },
			wired('g', 'function', ['a']),
			wired('a', 'sluice-ack'),
		];
		assert.deepEqual(reachOf(nodes, 'r', 0), { settling: ['a'], notRunning: [], isReceived: true });
	});

	it('knows a link by either of its ends, and a dynamic one may go to any', () => {
		for (const out of [
			{ id: 'o', type: 'link out', wires: [] },
			{ id: 'o', type: 'link call', linkType: 'dynamic', wires: [[]] },
		]) {
			const links = out.type === 'link out' ? ['o'] : [];
			const nodes = [
				receiver(['o']),
				out,
				{ ...wired('i', 'link in', ['a']), links },
				wired('a', 'sluice-ack'),
			];
			assert.deepEqual(reachOf(nodes, 'r', 0).settling, ['a'], out.type);
		}
	});

	it('tells the instances of a subflow apart where it knows in which one the node is', () => {
		const nodes = [
			{ ...receiver([]), z: 'def' },
			subflow('r', 'r'),
			wired('one', 'subflow:def', ['a']),
			wired('two', 'subflow:def', []),
			wired('a', 'sluice-ack'),
		];
		assert.deepEqual(reachOf(nodes, 'r', 0, ['one']).settling, ['a']);
		assert.equal(reachOf(nodes, 'r', 0, ['two']).isReceived, false);
		assert.deepEqual(reachOf(nodes, 'r', 0).settling, ['a'], 'in the definition');
	});

	it('comes out of the instance that it went into, and of no other', () => {
		const nodes = [
			receiver(['one']),
			wired('one', 'subflow:def', ['d']),
			wired('two', 'subflow:def', ['a']),
			subflow('f', 'f'),
			{ ...wired('f', 'function', []), z: 'def' },
			wired('d', 'debug'),
			wired('a', 'sluice-ack'),
		];
		assert.deepEqual(reachOf(nodes, 'r', 0).settling, []);
	});
});
