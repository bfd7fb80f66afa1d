import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import type { NamedSecret } from '../../../core/index';
import type { SchemeSettings } from '../../../core/settings/scheme-settings';
import { authConfigs, signatureConfigs, signatureRefs } from '../../../node-red/runtime/schemes';
import { signatureSecret } from '../../../node-red/runtime/secrets';

const RED = {
	nodes: { getNode: (id: string) => (id === 's1' ? { name: '', secrets: ['new', 'old'] } : null) },
} as unknown as NodeAPI;
const ADDRESS = 'a'.repeat(48);

describe('the schemes that a node of Node-RED saves', () => {
	it('become those of core, with the secrets from where they are kept', () => {
		const saved: SchemeSettings[] = [
			{ kind: 'url-secret' },
			{ kind: 'body-jwt', header: '', leewaySeconds: '30', allowSha1: true, algs: ['HS512'] },
		];
		const before = JSON.stringify(saved);
		assert.deepEqual(authConfigs(RED, saved, { secretIds: [undefined, 's1'], address: ADDRESS }), [
			{ kind: 'url-secret', secrets: [ADDRESS] },
			{
				kind: 'body-jwt',
				secrets: ['new', 'old'],
				leewaySeconds: 30,
				allowSha1: true,
				algs: ['HS512'],
			},
		]);
		assert.equal(JSON.stringify(saved), before);
	});

	it('sign with all of them, and sinks by references', () => {
		const saved = [{ kind: 'body-jwt', expiresInSeconds: '600' }];
		const rest = { kind: 'body-jwt', expiresInSeconds: 600 };
		assert.deepEqual(signatureConfigs(RED, saved, 's1'), [{ ...rest, secrets: ['new', 'old'] }]);
		const [signature, ...others] = signatureRefs(RED, saved, 's1');
		const refs = (signature as { secrets: readonly NamedSecret[] }).secrets;
		const texts = refs.map(({ secretRef }) => signatureSecret(RED, secretRef));
		assert.deepEqual([texts, others], [['new', 'old'], []]);
		assert.doesNotMatch(JSON.stringify(signature), /new|old/);
		assert.equal(signatureSecret(RED, `${refs[0]?.secretRef}:2`), undefined);
		assert.equal(signatureSecret(RED, 'header'), undefined);
		assert.deepEqual(signatureRefs(RED, undefined, undefined), []);
	});

	const wrong: [path: string, saved: SchemeSettings[] | undefined, secretId?: string][] = [
		['auth', undefined],
		['auth', []],
		['auth[0].kind', [{ kind: 'url' }]],
		['urlSecret', [{ kind: 'url-secret' }]],
		['secret', [{ kind: 'body-jwt' }]],
		['secret', [{ kind: 'body-jwt' }], 'gone'],
		// A way has no part in the secret of another one.
		['secret2', [{ kind: 'body-jwt' }, { kind: 'bearer' }], 's1'],
		['auth[0].leewaySeconds', [{ kind: 'body-jwt', leewaySeconds: 'soon' }], 's1'],
		['auth[0].leewaySeconds', [{ kind: 'body-jwt', leewaySeconds: '3601' }], 's1'],
		['auth[0].secret', [{ kind: 'body-jwt', secret: 'hunter2' }], 's1'],
	];
	for (const [path, saved, secretId] of wrong) {
		it(`names ${path} in ${JSON.stringify(saved)} with the secret ${secretId ?? 'none'}`, () => {
			assert.throws(
				() => authConfigs(RED, saved, { secretIds: [secretId], address: 'short' }),
				(error: Error & { code?: string; details?: { path?: string } }) => {
					assert.deepEqual([error.code, error.details?.path], ['ERR_CONFIG_INVALID', path]);
					return !error.message.includes('hunter2');
				},
			);
		});
	}
});
