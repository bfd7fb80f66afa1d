import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { serveTemplateCheck } from '../../../node-red/runtime/template-route';

type Handler = (request: unknown, response: unknown, next: (error?: unknown) => void) => void;

/** A Node-RED that keeps the routes it is given. */
function fakeNodeRed() {
	const routes: { path: string; guard: Handler; handler: Handler }[] = [];
	const permissions: string[] = [];
	const RED = {
		httpAdmin: {
			post: (path: string, guard: Handler, handler: Handler) =>
				void routes.push({ path, guard, handler }),
		},
		auth: {
			needsPermission(permission: string): Handler {
				permissions.push(permission);
				return () => {};
			},
		},
	} as unknown as NodeAPI;
	return { RED, routes, permissions };
}

describe('serveTemplateCheck: the route of the dialogs', () => {
	it('is added once, behind the permission to read flows, however many node types load it', () => {
		const { RED, routes, permissions } = fakeNodeRed();
		serveTemplateCheck(RED);
		// Each node type gets an API object of its own, with the same application in it.
		serveTemplateCheck({ ...RED });
		assert.deepEqual(
			routes.map(({ path }) => path),
			['/sluice/template'],
		);
		assert.deepEqual(permissions, ['flows.read']);
		serveTemplateCheck(fakeNodeRed().RED);
	});

	it('answers JSON with the status of the check', () => {
		const { RED, routes } = fakeNodeRed();
		serveTemplateCheck(RED);
		const answered: unknown[] = [];
		const response = {
			status(status: number) {
				answered.push(status);
				return this;
			},
			json: (body: unknown) => void answered.push(body),
		};
		const next = () => assert.fail('there is nothing to pass on');
		routes[0]!.handler({ body: { template: '1' } }, response, next);
		routes[0]!.handler({}, response, next);
		assert.deepEqual(answered.slice(0, 3), [200, { ok: true }, 400]);
	});

	it('passes on what it did not expect', () => {
		const { RED, routes } = fakeNodeRed();
		serveTemplateCheck(RED);
		const broken = new Error('gone');
		const passed: unknown[] = [];
		const response = {
			status: () => {
				throw broken;
			},
		};
		routes[0]!.handler({}, response, (error) => passed.push(error));
		assert.deepEqual(passed, [broken]);
	});
});
