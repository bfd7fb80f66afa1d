import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { authenticate, secretPartsOf } from '../../../../core/signature/authenticate';
import { JWT_ALGS } from '../../../../core/signature/jwt/algorithms';
import type { JwtConfig } from '../../../../core/signature/schemes/jwt';
import { signRequest } from '../../../../core/signature/sign-request';
import { validateAuth, validateSignatures } from '../../../../core/signature/validate-schemes';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1_000;
const SECRET = 'a-shared-secret-of-32-characters';

interface Pair {
	readonly privateKey: KeyObject;
	readonly publicKey: KeyObject;
}
const pair = (make: () => Pair) => {
	const { privateKey, publicKey } = make();
	return {
		privateKey,
		publicKey,
		secret: String(privateKey.export({ type: 'pkcs8', format: 'pem' })).trim(),
		open: String(publicKey.export({ type: 'spki', format: 'pem' })).trim(),
	};
};
const rsa = pair(() => generateKeyPairSync('rsa', { modulusLength: 2_048 }));
const curve = (namedCurve: string) => pair(() => generateKeyPairSync('ec', { namedCurve }));
const PAIRS = {
	RS: rsa,
	PS: rsa,
	ES256: curve('P-256'),
	ES384: curve('P-384'),
	ES512: curve('P-521'),
	EdDSA: pair(() => generateKeyPairSync('ed25519')),
};
const pairOf = (alg: string) => PAIRS[(alg in PAIRS ? alg : alg.slice(0, 2)) as keyof typeof PAIRS];

const config = (more: Partial<JwtConfig> = {}): JwtConfig => ({
	kind: 'jwt',
	secrets: [SECRET],
	...more,
});
const verify = (
	value: string | string[],
	more: Partial<JwtConfig> = {},
	header = 'authorization',
) =>
	authenticate(
		{
			method: 'POST',
			body: new Uint8Array(),
			now: NOW,
			headers: { [header]: [value].flat() },
		},
		[config(more)],
	);
const sign = async (more: Partial<JwtConfig> = {}) =>
	signRequest({ method: 'POST', url: 'https://x/', body: new Uint8Array(), now: NOW }, [
		config(more),
	]);
const token = (claims: object = {}, key: KeyObject | string = SECRET, alg = 'HS256') =>
	new SignJWT({ exp: SECONDS + 60, ...claims })
		.setProtectedHeader({ alg })
		.sign(typeof key === 'string' ? Buffer.from(key) : key);
const refused = (promise: Promise<unknown>, reason: string) =>
	assert.rejects(promise, { status: 401, details: { reason } }, reason);

describe('the scheme jwt', () => {
	for (const alg of JWT_ALGS) {
		it(`agrees with jose about ${alg}`, async () => {
			const isHmac = alg.startsWith('HS');
			const keys = isHmac ? undefined : pairOf(alg);
			const secret = SECRET.repeat(2);
			const own = { secrets: [keys?.secret ?? secret] };
			const theirs = { secrets: [keys?.open ?? secret] };
			const signed = await sign({ ...own, alg });
			const value = signed['Authorization'] ?? '';
			const { protectedHeader, payload } = await jwtVerify(
				value.replace('Bearer ', ''),
				keys?.publicKey ?? Buffer.from(secret),
				{ algorithms: [alg], currentDate: new Date(NOW) },
			);
			assert.deepEqual(protectedHeader, { alg, typ: 'JWT' });
			assert.deepEqual([payload.iat, payload.exp], [SECONDS, SECONDS + 3_600]);
			assert.equal((await verify(value, { ...theirs, algs: [alg] })).secretAt, 0);

			const made = await token({ sub: 'x' }, keys?.privateKey ?? secret, alg);
			const { claims } = await verify(`bearer ${made}`, { ...theirs, algs: [alg] });
			assert.equal(claims?.['sub'], 'x');
			const [head, , mac] = made.split('.');
			const forged = `${head}.${Buffer.from('{"exp":9999999999}').toString('base64url')}.${mac}`;
			await refused(verify(`Bearer ${forged}`, { ...theirs, algs: [alg] }), 'bad_signature');
			const others = JWT_ALGS.filter((one) => one !== alg);
			await refused(verify(`Bearer ${made}`, { ...theirs, algs: others }), 'alg_not_allowed');
		});
	}

	it('takes PEM as fields of one line leave it, certificates apart from passphrases, and several keys', async () => {
		const oneLine = rsa.open.replaceAll('\n', '');
		const more = { algs: ['RS256', 'ES256'], secrets: [PAIRS.ES256.open, oneLine] };
		validateAuth([config(more)], 'a');
		assert.equal(
			(await verify(`Bearer ${await token({}, rsa.privateKey, 'RS256')}`, more)).secretAt,
			1,
		);
		const es = await token({}, PAIRS.ES256.privateKey, 'ES256');
		assert.equal((await verify(`Bearer ${es}`, more)).secretAt, 0);
	});

	it('never takes a public key for the key of an HMAC', async () => {
		const forged = await token({}, rsa.open, 'HS256');
		const more = { secrets: [rsa.open], algs: ['HS256', 'RS256'] };
		await refused(verify(`Bearer ${forged}`, more), 'bad_signature');
		const unsigned = new UnsecuredJWT({ exp: SECONDS + 60 }).encode();
		await refused(verify(`Bearer ${unsigned}`, more), 'alg_not_allowed');
	});

	it('asks for the claims that are configured, and for an expiry', async () => {
		const wants = { issuer: 'i', audience: 'a', subject: 's' };
		const claims = { iss: 'i', aud: ['b', 'a'], sub: 's' };
		const given = async (more: object) => `Bearer ${await token({ ...claims, ...more })}`;
		await verify(await given({}), wants);
		await verify(await given({ aud: 'a' }), wants);
		await refused(verify(await given({ iss: 'x' }), wants), 'wrong_issuer');
		await refused(verify(await given({ iss: undefined }), wants), 'wrong_issuer');
		await refused(verify(await given({ aud: ['b'] }), wants), 'wrong_audience');
		await refused(verify(await given({ aud: undefined }), wants), 'wrong_audience');
		await refused(verify(await given({ sub: 7 }), wants), 'wrong_subject');
		await refused(verify(await given({ exp: undefined })), 'no_exp');
		await verify(await given({ exp: undefined }), { requireExpiry: false });
		await refused(verify(await given({ exp: SECONDS - 60 })), 'expired');
		await verify(await given({ exp: SECONDS - 59 }));
		await refused(verify(await given({ exp: SECONDS }), { leewaySeconds: 0 }), 'expired');
		await refused(verify(await given({ nbf: SECONDS + 61 })), 'iat_in_future');
	});

	it('finds the token where it is configured to be, once', async () => {
		const good = await token();
		await refused(verify(good), 'missing_header');
		await refused(verify('Bearer '), 'missing_header');
		await refused(verify([]), 'missing_header');
		await refused(verify([`Bearer ${good}`, `Bearer ${good}`]), 'malformed_token');
		await refused(verify('Bearer a.b'), 'malformed_token');
		await verify(`T-${good}`, { header: 'X-Token', prefix: 'T-' }, 'x-token');
		for (const secrets of [[], [''], [undefined]] as string[][]) {
			await refused(verify(`Bearer ${good}`, { secrets }), 'empty_secret');
		}
		assert.deepEqual(secretPartsOf([config()]).headers, ['authorization']);
	});

	it('signs with the header, key id and claims that are configured', async () => {
		const more = {
			header: 'X-Token',
			prefix: 'T-',
			issuer: 'i',
			audience: 'a',
			subject: 's',
			keyId: 'k1',
			claims: '{"scope":["x"]}',
			expiresInSeconds: 5,
		};
		validateSignatures([config(more)], 'a');
		const value = (await sign(more))['X-Token'] ?? '';
		const options = { issuer: 'i', audience: 'a', subject: 's', currentDate: new Date(NOW) };
		const { payload, protectedHeader } = await jwtVerify(
			value.replace('T-', ''),
			Buffer.from(SECRET),
			options,
		);
		assert.deepEqual(
			[protectedHeader.kid, payload['scope'], payload.exp],
			['k1', ['x'], SECONDS + 5],
		);
		assert.equal(
			new Set([value, (await sign(more))['X-Token']]).size,
			2,
			'each has an id of its own',
		);
	});

	it('refuses keys and claims with which it cannot do what it is to do', () => {
		const small = pair(() => generateKeyPairSync('rsa', { modulusLength: 1_024 }));
		const locked = String(
			rsa.privateKey.export({
				type: 'pkcs8',
				format: 'pem',
				cipher: 'aes-256-cbc',
				passphrase: 'x',
			}),
		).trim();
		for (const [more, use] of [
			[{ secrets: [rsa.open], algs: ['HS256'] }, 'verify'],
			[{ secrets: [SECRET], algs: ['RS256'] }, 'verify'],
			[{ secrets: [rsa.open], algs: ['ES256', 'EdDSA'] }, 'verify'],
			[{ secrets: [PAIRS.ES384.open], algs: ['ES256'] }, 'verify'],
			[{ secrets: [small.open], algs: ['RS256'] }, 'verify'],
			[{ secrets: [rsa.open.replace('MII', 'MIJ')], algs: ['RS256'] }, 'verify'],
			[{ secrets: [rsa.open], alg: 'RS256' }, 'sign'],
			[{ secrets: [rsa.secret], alg: 'HS256' }, 'sign'],
			[{ secrets: [locked], alg: 'RS256' }, 'sign'],
			[{ secrets: [SECRET], alg: 'EdDSA' }, 'sign'],
		] as const) {
			const validate = use === 'verify' ? validateAuth : validateSignatures;
			assert.throws(
				() => validate([config(more)], 'a'),
				(error: Error) => {
					assert.ok(error.message.startsWith('a[0].secrets[0]: '), error.message);
					return !error.message.includes('MII');
				},
			);
		}
		for (const claims of ['[]', '{', '{"exp":1}', '1', 'null']) {
			assert.throws(() => validateSignatures([config({ claims })], 'a'), /a\[0\]\.claims: /);
		}
	});
});
