import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { ConfigError } from '../../../core/index';
import { answerSeen, seenBy, serveSeen } from '../../../node-red/runtime/seen-route';
import { anExportInput, aPush, HOLDER, pipelineWorld } from '../../support/pipeline-fixtures';

const nodes = (known: Record<string, object>) =>
	({ nodes: { getNode: (id: string) => known[id] ?? null }, httpAdmin: {} }) as unknown as NodeAPI;

describe('the route that shows the last requests of a receiver', () => {
	it('is added once, behind the permission to change flows', () => {
		const paths: string[] = [];
		const permissions: string[] = [];
		const RED = {
			httpAdmin: { get: (path: string) => void paths.push(path) },
			auth: { needsPermission: (permission: string) => permissions.push(permission) },
		} as unknown as NodeAPI;
		serveSeen(RED);
		serveSeen({ ...RED });
		assert.deepEqual([paths, permissions], [['/sluice/seen/:id'], ['flows.write']]);
	});

	it('tells of a deployed node what it has seen, without a secret', async () => {
		const world = await pipelineWorld();
		try {
			const secrets = ['the-shared-key-1'];
			await world.pipeline.attachReceiver(
				{ id: 'r1', auth: [{ kind: 'header-key', secrets }] },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
			const headers = { 'x-api-key': 'the-shared-key-1' };
			await world.pipeline.accept('r1', aPush({ headers }));
			await world.pipeline.accept('r1', aPush());
			const RED = nodes({ r1: { seen: () => seenBy(world.pipeline, 'r1') } });
			const answer = await answerSeen(RED, 'r1');
			const { requests, accepted, refused, secretUse, rows } = answer as Awaited<
				ReturnType<typeof seenBy>
			>;
			assert.deepEqual(
				requests.map(({ outcome }) => outcome),
				['refused', 'stored'],
			);
			assert.deepEqual([accepted, refused, secretUse?.secrets.length], [1, 1, 1]);
			assert.deepEqual({ ...rows }, { main: 1 });
			assert.ok(!JSON.stringify(answer).includes('the-shared-key-1'));
		} finally {
			await world.close();
		}
	});

	it('says why there is nothing to see', async () => {
		for (const known of [{}, { r1: {} }]) {
			const answer = await answerSeen(nodes(known), 'r1');
			assert.match(('error' in answer && answer.error) || '', /not deployed/);
		}
		const seen = async () => Promise.reject(new ConfigError('receiverId', 'another one'));
		const refused = await answerSeen(nodes({ r1: { seen } }), 'r1');
		assert.deepEqual(refused, { error: 'receiverId: expected another one' });
		const broken = async () => Promise.reject(new TypeError('x'));
		await assert.rejects(answerSeen(nodes({ r1: { seen: broken } }), 'r1'), TypeError);
	});
});
