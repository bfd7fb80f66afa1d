import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { checkPath, serve } from '../../../node-red/runtime/ingest';

type Handler = (request: object, response: object, next: () => void) => void;

/** Two applications of Express as far as receivers use them. */
function aNodeRed() {
	const stack: { handle: Handler }[] = [{ handle: () => assert.fail('behind the receivers') }];
	const root = { _router: { stack }, use: (handle: Handler) => void stack.push({ handle }) };
	const adminStack: object[] = [];
	const RED = {
		settings: {},
		httpNode: { parent: root },
		httpAdmin: { _router: { stack: adminStack } },
		log: { info() {} },
	} as unknown as NodeAPI;
	const passedOn = (url: string): boolean => {
		let passed = false;
		const request = { url, method: 'POST', headers: {}, socket: {}, complete: true };
		const response = { headersSent: true };
		stack[0]!.handle(request, response, () => (passed = true));
		return passed;
	};
	return { RED, adminStack, passedOn };
}

const route = {
	secretInUrl: true,
	holder: { label: 'one' },
	handler: async () => ({ status: 200, headers: {}, body: '' }),
};

describe('the path of a receiver, for its dialog', () => {
	for (const right of ['/in', 'in', '/in/', '/grün'])
		it(`may be ${right}`, () => checkPath(aNodeRed().RED, right));
	for (const wrong of ['/in/:id', '/a b', '/in/../x', '/in/%2E%2e/x'])
		it(`may not be ${wrong}`, () => {
			assert.throws(() => checkPath(aNodeRed().RED, wrong), {
				code: 'ERR_CONFIG_INVALID',
				message: /^path: expected a path that begins with \//,
			});
		});
});

describe('receivers in front of the server of Node-RED', () => {
	it('leave alone what another node adds to the admin API after them', () => {
		const { RED, adminStack, passedOn } = aNodeRed();
		serve(RED, '/boards', route);
		assert.equal(passedOn('/boards/secret'), false);
		assert.equal(passedOn('/elsewhere/secret'), true);
		adminStack.push({ route: { path: '/boards/:id' } });
		assert.equal(passedOn('/boards/secret'), true);
		assert.equal(passedOn('/BOARDS?x=1'), true);
		assert.throws(() => serve(RED, '/boards', route), { code: 'ERR_CONFIG_INVALID' });
	});

	it('refuse a path that two receivers have, and take it when the first has gone', () => {
		const { RED } = aNodeRed();
		const end = serve(RED, '/in', route);
		const other = { ...route, holder: { label: 'two' } };
		assert.throws(() => serve(RED, '/in/', other), {
			code: 'ERR_CONFIG_INVALID',
			message: /held by "one" and asked for by "two"/,
		});
		end(true);
		serve(RED, '/in', route)(true);
	});
});
