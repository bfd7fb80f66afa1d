import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import {
	issueAccessToken,
	readAccessToken,
	readAssertion,
} from '../../../../core/api/access/access-token';
import {
	changeAccount,
	removeAccount,
	revealCredential,
	revokeCredential,
	rotateCredential,
	sealCredentialsAgain,
} from '../../../../core/api/access/change-access';
import type { ShownCredential } from '../../../../core/api/access/credential-ways';
import { ACCESS_COLLECTIONS } from '../../../../core/api/access/documents';
import { narrow } from '../../../../core/api/access/principal';
import type { Role } from '../../../../core/api/access/roles';
import { readCredential } from '../../../../core/api/access/read-access';
import { jwt } from '../../../../core/signature/schemes/jwt';
import { openSecrets } from '../../../../core/secrets/open-secrets';
import { silentLogger } from '../../../../core/runtime/logger';
import { asToken, openAccessWorld, type AccessWorld } from '../../../support/api/access-world';

const HOUR = 3_600_000;

describe('Access: who is let in', () => {
	let world: AccessWorld;

	beforeEach(async () => {
		world = await openAccessWorld();
	});
	afterEach(() => world.close());

	const basic = (id: string, secret: string): ShownCredential => ({ way: 'basic', id, secret });
	const bearer = (secret: string): ShownCredential => ({ way: 'authorization', secret });

	it('lets a token in by its text alone, and nothing that is like it', async () => {
		const { credential, secret } = await world.add();
		assert.match(secret, /^slc_[0-9a-v]{20}_[0-9A-Za-z]{48}$/);
		assert.equal(await world.admit(asToken(secret)), 'token p1:administer');
		const last = secret.at(-1) === 'a' ? 'b' : 'a';
		const other = await world.add();
		for (const [text, reason] of [
			[`${secret.slice(0, -1)}${last}`, 'wrong_secret'],
			[`slc_${credential.id}_${other.secret.slice(-48)}`, 'wrong_secret'],
			[`slc_${'0'.repeat(20)}_${secret.slice(-48)}`, 'unknown'],
			[secret.slice(-48), 'malformed'],
			[`${secret} `, 'malformed'],
			['', 'malformed'],
			['slc_a_b', 'malformed'],
		] as const)
			assert.equal(await world.admit(asToken(text)), reason, text);
		assert.equal(await world.admit(basic(credential.id, secret.slice(-48))), 'unknown');
	});

	it('compares in constant time, every secret that could be it, whether one is right or wrong', async () => {
		const compare = mock.method(crypto, 'timingSafeEqual');
		syncBuiltinESMExports();
		try {
			for (const kind of ['token', 'key'] as const) {
				const { credential, secret } = await world.add({ kind });
				const { secret: next } = await rotateCredential(world.ports, credential.id, HOUR);
				const show = (text: string) =>
					kind === 'token' ? asToken(text) : basic(credential.id, text);
				const wrong = kind === 'token' ? `${next.slice(0, -48)}${'x'.repeat(48)}` : 'x';
				for (const shown of [next, secret, wrong]) {
					compare.mock.resetCalls();
					await world.admit(show(shown));
					assert.equal(compare.mock.callCount(), 2, `${kind} ${shown === wrong}`);
				}
			}
		} finally {
			compare.mock.restore();
			syncBuiltinESMExports();
		}
	});

	it('keeps no token that could be used: a digest of it, and a key sealed', async () => {
		const token = await world.add();
		const key = await world.add({ kind: 'key' });
		const kept = await world.store.documents.list(ACCESS_COLLECTIONS.credentials);
		const text = JSON.stringify(kept);
		for (const { secret } of [token, key]) assert.ok(!text.includes(secret.slice(-48)));
		await assert.rejects(revealCredential(world.ports, token.credential.id), {
			code: 'ERR_CONFIG_INVALID',
		});
		assert.equal(await revealCredential(world.ports, key.credential.id), key.secret);
		await assert.rejects(world.add({ kind: 'key', keeps: 'hashed' }), {
			code: 'ERR_CONFIG_INVALID',
		});
		// A sealed secret opens in its own place alone.
		const { credential } = await world.add({ keeps: 'sealed' });
		const moved = { ...credential, secrets: key.credential.secrets };
		await world.store.documents.put(ACCESS_COLLECTIONS.credentials, credential.id, moved);
		assert.equal(
			await world.admit(asToken(`slc_${credential.id}_${key.secret}`)),
			'ERR_SECRET_UNREADABLE',
		);
	});

	it('lets a key in by Basic only where its account allows it', async () => {
		const { credential, secret } = await world.add({ kind: 'key' });
		assert.equal(await world.admit(basic(credential.id, secret)), 'account p1:administer');
		assert.equal(await world.admit(basic(credential.id, `${secret}x`)), 'wrong_secret');
		assert.equal(await world.admit(basic('', secret)), 'unknown');
		assert.equal(await world.admit(basic('__proto__', secret)), 'unknown');
		await changeAccount(world.ports, world.account.id, { allowsBasic: false });
		assert.equal(await world.admit(basic(credential.id, secret)), 'basic_not_allowed');
	});

	it('lets in the former secret for a while after a rotation, and none before it', async () => {
		for (const kind of ['token', 'key'] as const) {
			const { credential, secret: first } = await world.add({ kind });
			const show = (secret: string) =>
				kind === 'token' ? asToken(secret) : basic(credential.id, secret);
			const second = await rotateCredential(world.ports, credential.id, HOUR);
			assert.notEqual(second.secret, first);
			assert.match(await world.admit(show(first)), /administer/);
			assert.match(await world.admit(show(second.secret)), /administer/);
			const third = await rotateCredential(world.ports, credential.id, HOUR);
			assert.equal(await world.admit(show(first)), 'wrong_secret');
			assert.match(await world.admit(show(second.secret)), /administer/);
			await world.clock.advance(HOUR);
			assert.equal(await world.admit(show(second.secret)), 'wrong_secret');
			assert.match(await world.admit(show(third.secret)), /administer/);
			const fourth = await rotateCredential(world.ports, credential.id, 0);
			assert.equal(await world.admit(show(third.secret)), 'wrong_secret');
			assert.match(await world.admit(show(fourth.secret)), /administer/);
		}
	});

	it('refuses what is expired, revoked, of no account, damaged, or of a newer release', async () => {
		const expiring = await world.add({ expiresAt: world.clock.now() + HOUR });
		assert.match(await world.admit(asToken(expiring.secret)), /administer/);
		await world.clock.advance(HOUR);
		assert.equal(await world.admit(asToken(expiring.secret)), 'expired');
		await assert.rejects(world.add({ expiresAt: world.clock.now() }), {
			code: 'ERR_CONFIG_INVALID',
		});

		const { credential, secret } = await world.add();
		const { documents } = world.store;
		const put = (value: unknown) =>
			documents.put(ACCESS_COLLECTIONS.credentials, credential.id, value);
		await put({ ...credential, format: 2 });
		assert.equal(await world.admit(asToken(secret)), 'ERR_STORE_VERSION');
		await put({ ...credential, secrets: [] });
		assert.equal(await world.admit(asToken(secret)), 'ERR_STORE_CORRUPT');
		await put(credential);
		await revokeCredential(world.ports, credential.id);
		assert.equal(await world.admit(asToken(secret)), 'unknown');

		const last = await world.add();
		// As a kill leaves it: the account is gone, its credential is not.
		await documents.remove(ACCESS_COLLECTIONS.accounts, world.account.id);
		assert.equal(await world.admit(asToken(last.secret)), 'no_account');
		await assert.rejects(removeAccount(world.ports, world.account.id), {
			code: 'ERR_ACCESS_UNKNOWN',
		});
		assert.equal(await readCredential(documents, last.credential.id), undefined);
	});

	it('lets no change get lost: of two at once one is told that it was late', async () => {
		const changes = await Promise.allSettled(
			['one', 'two'].map((label) => changeAccount(world.ports, world.account.id, { label })),
		);
		const late = changes.flatMap((one) => (one.status === 'rejected' ? one.reason.code : []));
		assert.deepEqual(late, ['ERR_DOCUMENT_CONFLICT']);
		const { credential } = await world.add();
		const rotations = await Promise.allSettled(
			[1, 2].map(() => rotateCredential(world.ports, credential.id)),
		);
		assert.equal(rotations.filter(({ status }) => status === 'rejected').length, 1);
	});

	it('is closed before the first account and after the last one', async () => {
		assert.equal(await world.access.isOpen(), true);
		await removeAccount(world.ports, world.account.id);
		await world.clock.advance(1_000);
		assert.equal(await world.access.isOpen(), false);
	});

	it('never lets a credential do more than its account, also where that lost a role since', async () => {
		const grants = [
			{ project: 'p1', role: 'view' },
			{ project: 'p2', role: 'view' },
			{ project: '*', role: 'view' },
		] as const;
		const { secret } = await world.add({ grants });
		assert.equal(await world.admit(asToken(secret)), 'token p1:view');
		await changeAccount(world.ports, world.account.id, {
			grants: [{ project: '*', role: 'push' }],
		});
		// Who pushes sees nothing, so a view is more than that.
		assert.equal(await world.admit(asToken(secret)), 'token');
		await changeAccount(world.ports, world.account.id, {
			grants: [{ project: '*', role: 'develop' }],
		});
		assert.equal(await world.admit(asToken(secret)), 'token p1:view p2:view *:view');
	});

	it('lets no role in all projects go past what the account may do in one', () => {
		const grants = (text: string) =>
			text.split(' ').map((one) => {
				const [project = '', role] = one.split('=');
				return { project, role: role as Role };
			});
		const left = (own: string, wanted: string) =>
			narrow(grants(own), grants(wanted))
				.map(({ project, role }) => `${project}=${role}`)
				.join(' ');
		assert.equal(left('*=develop hr=view', '*=develop'), '*=develop hr=view');
		assert.equal(left('*=develop hr=view', '*=develop hr=develop'), '*=develop hr=view');
		assert.equal(left('*=develop hr=operate', '*=push'), '*=push hr=push');
		assert.equal(
			left('*=develop hr=view', '*=push p1=push'),
			'p1=push',
			'they have nothing in common',
		);
		assert.equal(left('*=develop hr=view', 'p1=develop'), 'p1=develop');
	});

	it('holds a credential to its rate, and no other one', async () => {
		const limits = { rate: { perSecond: 5, burst: 2 } };
		const { secret } = await world.add({ limits });
		const other = await world.add({ limits });
		for (const expected of ['token p1:administer', 'token p1:administer', 'ERR_RATE_LIMITED'])
			assert.equal(await world.admit(asToken(secret)), expected);
		assert.equal(await world.admit(asToken(other.secret)), 'token p1:administer');
		await world.clock.advance(200);
		assert.equal(await world.admit(asToken(secret)), 'token p1:administer');
	});

	it('tells a key that only pushes somewhere from a token', async () => {
		const { secret } = await world.add({
			grants: [{ project: 'p1', role: 'push' }],
			limits: { tables: ['in.c-main.events'] },
		});
		const principal = await world.access.admit(asToken(secret), world.clock.now());
		assert.deepEqual(
			[principal.kind, principal.limits.tables, principal.grants],
			['key', ['in.c-main.events'], [{ project: 'p1', role: 'push' }]],
		);
	});

	describe('access tokens (D83–D85)', () => {
		const endpoint = 'https://id.example/oauth2/token';

		const assertion = async (secret: string, keyId: string, more: object = {}) => {
			const request = { method: 'POST', url: '', body: new Uint8Array(), now: world.clock.now() };
			const config = {
				kind: 'jwt',
				secrets: [secret],
				header: 'x',
				prefix: '',
				keyId,
				issuer: world.account.id,
				audience: endpoint,
				...more,
			} as const;
			return (await jwt.sign?.(request, config))?.['x'] ?? '';
		};
		const o = () => ({ secrets: world.ports.secrets, now: world.clock.now() });
		const takes = async (text: string, credential: Parameters<typeof issueAccessToken>[0]) => {
			const claimed = readAssertion(text, { tokenEndpoints: ['https://former.example', endpoint] });
			if (!claimed) return 'malformed';
			return claimed.verify(credential, o()).then(
				() => 'taken',
				(error) => error.details.reason,
			);
		};

		it('are got by an assertion of the key, for this endpoint, of this account, for an hour at most', async () => {
			const { credential, secret } = await world.add({ kind: 'key' });
			assert.equal(await takes(await assertion(secret, credential.id), credential), 'taken');
			for (const [more, reason] of [
				[{ audience: 'https://other.example' }, 'wrong_audience'],
				[{ issuer: 'other' }, 'wrong_issuer'],
				[{ expiresInSeconds: 3_601 }, 'lasts_too_long'],
				[{ secrets: ['x'.repeat(48)] }, 'bad_signature'],
				[{ alg: 'HS512' }, 'alg_not_allowed'],
			] as const)
				assert.equal(await takes(await assertion(secret, credential.id, more), credential), reason);
			assert.equal(await takes('a.b.c', credential), 'malformed');
			assert.equal(await takes(await assertion(secret, ''), credential), 'malformed');
			const text = await assertion(secret, credential.id);
			await world.clock.advance(HOUR + 61_000);
			assert.equal(await takes(text, credential), 'expired');
		});

		it('let in for an hour, end with their key, and are no assertions', async () => {
			const { credential, secret } = await world.add({ kind: 'key' });
			const { token, expiresInSeconds } = await issueAccessToken(credential, o());
			assert.equal(expiresInSeconds, 3_600);
			assert.equal(await world.admit(bearer(token)), 'account p1:administer');
			assert.equal(await takes(token, credential), 'bad_signature');
			assert.equal(
				await world.admit(bearer(await assertion(secret, credential.id))),
				'bad_signature',
			);
			// Nor by another way than bearer, nor for another key.
			assert.equal(await world.admit(asToken(token)), 'malformed');
			const other = await world.add({ kind: 'key' });
			assert.equal(readAccessToken(token)?.keyId, credential.id);
			await assert.rejects(readAccessToken(token)?.verify(other.credential, o()) as Promise<void>);
			await world.clock.advance(HOUR + 61_000);
			assert.equal(await world.admit(bearer(token)), 'expired');
			const { token: again } = await issueAccessToken(credential, o());
			await revokeCredential(world.ports, credential.id);
			assert.equal(await world.admit(bearer(again)), 'unknown');
		});
	});

	it('seals again with a newer key, so that the former one can go', async () => {
		const [older, newer] = ['a', 'b'].map((hex) => hex.repeat(64));
		const { store, clock } = world;
		const { documents } = store;
		const portsBy = (keys: string) => ({
			documents,
			clock,
			secrets: openSecrets({
				store: { kind: 'postgres', directory: undefined },
				keys,
				logger: silentLogger,
			}),
		});
		const { credential, secret } = await world.add({ kind: 'key' });
		await rotateCredential(portsBy(`${older}`), credential.id, HOUR);
		const key = await rotateCredential(portsBy(`${older}`), credential.id, 0);
		const lost = await world.add({ kind: 'key' });
		for (const count of [1, 0]) {
			assert.deepEqual(await sealCredentialsAgain(portsBy(`${newer},${older}`)), {
				count,
				bad: [lost.credential.id],
			});
		}
		assert.equal(await revealCredential(portsBy(newer ?? ''), credential.id), key.secret);
		assert.notEqual(key.secret, secret);
	});
});
