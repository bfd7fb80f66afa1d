import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { compactVerify, SignJWT } from 'jose';
import { hasHmacOf, type HmacAlg } from '../../../core/signature/hmac-key';
import { MacKey } from '../../../core/signature/mac-key';
import { parseToken } from '../../../core/signature/token';

const ALGS: readonly HmacAlg[] = ['HS256', 'HS384', 'HS512'];

async function joseAccepts(token: string, alg: HmacAlg, secret: string): Promise<boolean> {
	try {
		await compactVerify(token, new TextEncoder().encode(secret), { algorithms: [alg] });
		return true;
	} catch {
		return false;
	}
}

function weAccept(token: string, alg: HmacAlg, secret: string): boolean {
	try {
		return parseToken(token).alg === alg && hasHmacOf(token, alg, secret);
	} catch {
		return false;
	}
}

describe('hasHmacOf: the same answers as jose', () => {
	it('for tokens that are right, damaged in one character, or signed with another secret', async () => {
		const position = fc.nat({ max: 400 });
		const property = fc.asyncProperty(
			fc.constantFrom(...ALGS),
			fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme', size: 'max' }),
			fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }),
			fc.constantFrom('right', 'damaged', 'other secret', 'cut'),
			position,
			async (alg, secret, claims, kind, at) => {
				const key = new TextEncoder().encode(kind === 'other secret' ? `${secret}!` : secret);
				const made = await new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
				const index = at % made.length;
				const other = made[index] === 'A' ? 'B' : 'A';
				const damaged =
					made[index] === '.' ? made : `${made.slice(0, index)}${other}${made.slice(index + 1)}`;
				const token =
					kind === 'damaged' ? damaged : kind === 'cut' ? made.slice(0, -1 - (at % 3)) : made;
				assert.equal(
					weAccept(token, alg, secret),
					await joseAccepts(token, alg, secret),
					`${kind} ${token}`,
				);
			},
		);
		await fc.assert(property, { numRuns: 400 });
	});

	it('for headers that declare extensions critical', async () => {
		const key = new TextEncoder().encode('k');
		const made = await new SignJWT({})
			.setProtectedHeader({ alg: 'HS256', b64: true, crit: ['b64'] })
			.sign(key);
		assert.equal(weAccept(made, 'HS256', 'k'), false);
	});
});

describe('MacKey: the same as the Hmac of node:crypto', () => {
	for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
		it(`for ${hash} and secrets that are shorter than its block, as long, and longer`, () => {
			for (const length of [1, 32, 63, 64, 65, 127, 128, 129, 300]) {
				const secret = Buffer.from(Array.from({ length }, (_, at) => (at * 37 + length) & 0xff));
				const key = new MacKey(hash, secret);
				for (const text of ['', 'a.b', 'x'.repeat(5_000)]) {
					const expected = createHmac(hash, secret).update(text).digest('base64url');
					assert.equal(key.macOf(text, 'base64url'), expected, `${length} ${text.length}`);
				}
			}
		});
	}
});
