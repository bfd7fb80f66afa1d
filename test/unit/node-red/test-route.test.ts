import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { ConfigError, type Tested } from '../../../core/index';
import {
	offerTest,
	serveTestDelivery,
	testNode,
	type TestableNode,
} from '../../../node-red/runtime/test-route';

const TESTED: Tested = {
	exportId: 'items:n/main',
	state: 'ACTIVE',
	became: 'delivered',
	says: 'so',
};
const never = new AbortController().signal;

/** A Node-RED that has some nodes, and keeps the routes it is given. */
function fakeNodeRed(nodes: Record<string, object> = {}, saved: readonly object[] = []) {
	const routes: { path: string; handler: (...args: unknown[]) => void }[] = [];
	const permissions: string[] = [];
	const RED = {
		nodes: {
			getNode: (id: string) => nodes[id] ?? null,
			eachNode: (f: (node: object) => void) => saved.forEach((one) => f(one)),
		},
		httpAdmin: {
			post: (path: string, _guard: unknown, handler: () => void) =>
				void routes.push({ path, handler }),
		},
		auth: { needsPermission: (permission: string) => permissions.push(permission) },
	} as unknown as NodeAPI;
	return { RED, routes, permissions };
}

describe('the route that tests a destination', () => {
	it('is added once, behind the permission to change flows', () => {
		const { RED, routes, permissions } = fakeNodeRed();
		serveTestDelivery(RED);
		serveTestDelivery({ ...RED });
		assert.deepEqual(
			routes.map(({ path }) => path),
			['/sluice/test-delivery'],
		);
		assert.deepEqual(permissions, ['flows.write']);
	});

	it('takes the id of a node and an event, and nothing of a configuration', async () => {
		const given: unknown[] = [];
		const testDeployed = async (one: unknown) => (given.push(one), TESTED);
		const { RED } = fakeNodeRed({ n: { testDeployed } });
		const body = { node: 'n', event: { a: 1 }, url: 'https://elsewhere.test', headers: { a: 'b' } };
		assert.deepEqual(await testNode(RED, body, never), { status: 200, answer: TESTED });
		assert.deepEqual(given, [{ event: { a: 1 }, sample: undefined }]);
	});

	for (const body of [undefined, null, 'n', 7, {}, { node: 7 }, { node: 'n', sample: 7 }]) {
		it(`refuses ${JSON.stringify(body)}`, async () => {
			const testDeployed = () => assert.fail('it was asked');
			const { RED } = fakeNodeRed({ n: { testDeployed } });
			assert.equal((await testNode(RED, body, never)).status, 400);
		});
	}

	it('says that a node is not deployed, or none that has a destination', async () => {
		const { RED } = fakeNodeRed({ other: {} });
		for (const node of ['none', 'other', '__proto__']) {
			const { status, answer } = await testNode(RED, { node }, never);
			assert.equal(status, 200);
			assert.match(String('error' in answer && answer.error), /deploy it/);
		}
	});

	it('tests a node within a subflow by the id that its dialog knows, and says in which instance', async () => {
		const { RED } = fakeNodeRed({}, [{ id: 'i1', name: 'boiler' }, { id: 'i2' }]);
		const says = async (): Promise<string | undefined> => {
			const { answer } = await testNode(RED, { node: 'template' }, never);
			return 'says' in answer ? answer.says : undefined;
		};
		const start = (z: string) => {
			const node = { id: `${z}-copy`, _alias: 'template', z } as unknown as TestableNode;
			return offerTest(RED, node, async () => TESTED);
		};
		const [stopFirst, stopSecond] = [start('i1'), start('i2')];
		assert.match((await says()) ?? '', /^In the instance "boiler" .*one of 2 that run; .*: so$/);
		stopFirst();
		assert.equal(await says(), 'In the instance "i2" of the subflow: so');
		stopSecond();
		assert.equal(await says(), undefined);
	});

	it('says what the node says, and passes on what nobody expects', async () => {
		const fail = (error: Error) => ({ testDeployed: () => Promise.reject(error) });
		const broken = new Error('gone');
		const { RED } = fakeNodeRed({
			wrong: fail(new ConfigError('sample', 'another one')),
			broken: fail(broken),
		});
		const { status, answer } = await testNode(RED, { node: 'wrong' }, never);
		assert.deepEqual(
			[status, answer],
			[400, { error: 'sample: expected another one', code: 'ERR_CONFIG_INVALID' }],
		);
		await assert.rejects(testNode(RED, { node: 'broken' }, never), broken);
	});

	it('breaks the test off when nobody waits for it any more', async () => {
		let signal: AbortSignal | undefined;
		const testDeployed = (_given: unknown, one: AbortSignal) => {
			signal = one;
			return new Promise(() => {});
		};
		const { RED, routes } = fakeNodeRed({ n: { testDeployed } });
		serveTestDelivery(RED);
		let close = (): void => {};
		const response = { on: (_event: string, listener: () => void) => (close = listener) };
		routes[0]?.handler({ body: { node: 'n' } }, response, assert.fail);
		assert.equal(signal?.aborted, false);
		close();
		assert.equal(signal?.aborted, true);
	});
});
