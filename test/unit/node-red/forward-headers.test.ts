import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import {
	isSecretName,
	liesInClear,
	readSecretValues,
	writeSecretValues,
	type SavedHeader,
} from '../../../node-red/runtime/forward-headers';
import {
	headersOf,
	secretHeader,
	type ForwardNode,
} from '../../../node-red/sluice-forward/headers';

function aForward(headers: readonly SavedHeader[], secretHeaders?: unknown) {
	const warnings: string[] = [];
	const node = {
		id: 'f',
		credentials: secretHeaders === undefined ? undefined : { secretHeaders },
		warn: (message: string) => void warnings.push(message),
	} as unknown as ForwardNode;
	const saved = [
		{ id: 'other', headers: [{ name: 'Authorization', value: 'Bearer x' }] },
		{ id: 'f', headers },
	];
	const RED = {
		nodes: { eachNode: (visit: (node: object) => void) => saved.forEach(visit) },
	} as unknown as NodeAPI;
	const config = (): ReturnType<typeof headersOf> => headersOf(RED, node, headers);
	const sent = (): Record<string, string | undefined> =>
		Object.fromEntries(
			Object.entries(config()).map(([name, value]) => [
				name,
				typeof value === 'object' && 'secretRef' in value
					? secretHeader(node, value.secretRef)
					: (value as string),
			]),
		);
	return { warnings, config, sent };
}

describe('the headers of a forward node', () => {
	it('are put together of the flow and the credentials, by name in any letter case', () => {
		const { sent, warnings, config } = aForward(
			[
				{ name: 'X-Site', value: 'b4' },
				{ name: 'Authorization', secret: true },
			],
			'{"authorization":"Bearer hush"}',
		);
		assert.doesNotMatch(JSON.stringify(config()), /hush/);
		assert.deepEqual(sent(), { 'X-Site': 'b4', Authorization: 'Bearer hush' });
		assert.deepEqual(warnings, []);
	});

	it('do not go out without a secret value that is missing, as after an import', () => {
		for (const credential of [undefined, '', '{}', 'no JSON', '{"x":"y"}', '{"authorization":7}']) {
			assert.throws(aForward([{ name: 'Authorization', secret: true }], credential).sent, {
				code: 'ERR_CONFIG_INVALID',
				message: /Authorization.*fill it in again/,
			});
		}
	});

	it('are told of where a secret lies in clear in the flow', () => {
		const { sent, warnings } = aForward([
			{ name: 'X-Api-Key', value: 'hush' },
			{ name: 'X-Site', value: 'b4' },
		]);
		assert.deepEqual(sent(), { 'X-Api-Key': 'hush', 'X-Site': 'b4' });
		assert.equal(warnings.length, 1);
		assert.match(warnings[0]!, /"X-Api-Key"/);
		assert.doesNotMatch(warnings[0]!, /hush/);
	});

	for (const name of [
		'Authorization',
		'proxy-authorization',
		'Cookie',
		'X-Api-Key',
		'apikey',
		'X-Auth-Token',
		'Ocp-Apim-Subscription-Key',
		'X-Vault-Token',
		'X-Functions-Key',
		'X-Client-Secret',
		'x-auth',
		'X-Password',
	])
		it(`${name} is a secret`, () => assert.ok(isSecretName(name)));
	for (const name of ['Content-Type', 'X-Site', 'Idempotency-Key-Version', 'Accept', 'Author'])
		it(`${name} is none`, () => assert.ok(!isSecretName(name)));

	const clear: [header: SavedHeader, lies: boolean][] = [
		[{ name: 'Authorization', value: 'x' }, true],
		[{ name: 'Authorization', value: '' }, false],
		[{ name: 'Authorization', value: '${TOKEN}' }, false],
		[{ name: 'Authorization', value: 'Bearer ${TOKEN}' }, true],
		[{ name: 'Authorization', secret: true }, false],
		[{ name: 'X-Token-Kind', value: 'a', secret: false }, false],
		[{ name: 'X-Other', value: 'Bearer abc' }, true],
		[{ name: 'X-Other', value: 'abc' }, false],
	];
	for (const [header, lies] of clear)
		it(`${JSON.stringify(header)} ${lies ? 'lies' : 'does not lie'} in clear`, () =>
			assert.equal(liesInClear(header), lies));

	it('are read as they were written', () => {
		const values = new Map([
			['authorization', 'Bearer "ü"'],
			['__proto__', 'x'],
		]);
		assert.deepEqual(readSecretValues(writeSecretValues(values)), values);
		assert.equal(writeSecretValues(new Map()), '');
	});
});
