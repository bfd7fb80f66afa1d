import assert from 'node:assert/strict';
import { createHmac, hash } from 'node:crypto';
import { authenticate, secretPartsOf } from '../../../../core/signature/authenticate';
import type { HmacConfig } from '../../../../core/signature/schemes/hmac';
import type { SignedRequest } from '../../../../core/signature/schemes/scheme';
import { signRequest } from '../../../../core/signature/sign-request';
import { validateAuth, validateSignatures } from '../../../../core/signature/validate-schemes';

const NOW = 1_800_000_000_000;
const BODY = Buffer.from('{"a":1}');
const [NEW, OLD] = ['new-'.repeat(8), 'old-'.repeat(8)];

const config = (more: Partial<HmacConfig> = {}): HmacConfig => ({
	kind: 'hmac',
	secrets: [NEW, OLD],
	...more,
});

const mac = (text: string | Uint8Array, key: string | Buffer = NEW, name = 'sha256'): Buffer =>
	createHmac(name, key).update(text).digest();

const verify = (
	given: Partial<SignedRequest> & { headers: SignedRequest['headers'] },
	more: Partial<HmacConfig> = {},
) => authenticate({ method: 'POST', body: BODY, now: NOW, ...given }, [config(more)]);

const header = (value: string | string[], name = 'x-signature') => ({
	headers: { [name]: [value].flat() },
});

const refused = (promise: Promise<unknown>, reason: string, name?: string) =>
	assert.rejects(promise, { status: 401, details: { reason } }, name);

describe('the scheme hmac', () => {
	it('accepts by any of its secrets, in each hash and encoding', async () => {
		const hex = mac(BODY).toString('hex');
		assert.deepEqual(await verify(header(hex)), { secretAt: 0 });
		assert.deepEqual(await verify(header(hex.toUpperCase())), { secretAt: 0 });
		assert.deepEqual(await verify(header(mac(BODY, OLD).toString('hex'))), { secretAt: 1 });
		for (const name of ['sha1', 'sha384', 'sha512']) {
			const value = mac(BODY, NEW, name);
			await verify(header(value.toString('base64')), { hash: name, encoding: 'base64' });
			await verify(header(value.toString('base64url')), { hash: name, encoding: 'base64url' });
			await refused(verify(header(value.toString('hex'))), 'bad_signature', name);
		}
		const key = Buffer.from(NEW.repeat(2));
		for (const encoding of ['hex', 'base64'] as const) {
			const more = { secretEncoding: encoding, secrets: [key.toString(encoding)] };
			await verify(header(mac(BODY, key).toString('hex')), more);
		}
	});

	it('refuses what is no signature of this body', async () => {
		const hex = mac(BODY).toString('hex');
		for (const [reason, given] of [
			['missing_header', { headers: {} }],
			['missing_header', header('')],
			['several_headers', header([hex, hex])],
			['malformed_signature', header('é')],
			['malformed_signature', header(`${hex}0`)],
			['malformed_signature', header(`${hex} `.repeat(9))],
			['bad_signature', header(hex.slice(2))],
			['bad_signature', header(`${hex}00`)],
			['bad_signature', { ...header(hex), body: Buffer.from('{"a":2}') }],
			['bad_signature', header(mac(BODY, 'other').toString('hex'))],
		] as const) {
			await refused(verify(given), reason, JSON.stringify(given));
		}
		for (const secrets of [[], [''], [undefined]] as string[][]) {
			await refused(verify(header(mac(BODY, '').toString('hex')), { secrets }), 'empty_secret');
		}
		const many = Array.from({ length: 51 }, () => hex).join(',');
		await refused(verify(header(many), { layout: 'list' }), 'too_many_signatures');
	});

	it('takes a timestamp within the tolerance, both ways, wherever it stands and however it is written', async () => {
		const signed = (timestamp: string) => mac(`v0:${timestamp}:{"a":1}`).toString('hex');
		const more = {
			content: 'v0:{timestamp}:{body}',
			timestampHeader: 'X-Time',
			toleranceSeconds: 10,
		};
		const at = (timestamp: string | string[], signature = signed([timestamp].flat()[0] ?? '')) =>
			verify({ headers: { 'x-signature': [signature], 'x-time': [timestamp].flat() } }, more);
		const seconds = (offset: number) => String(NOW / 1_000 + offset);
		await at(seconds(0));
		await at(seconds(10));
		await at(seconds(-10));
		await at(String(NOW + 9_999));
		await at(new Date(NOW - 10_000).toISOString());
		await refused(at(seconds(-11)), 'timestamp_too_old');
		await refused(at(seconds(11)), 'timestamp_in_future');
		await refused(at('yesterday'), 'bad_timestamp');
		await refused(at(seconds(0), signed(seconds(1))), 'bad_signature');
		// Who does not know the secret does not learn how far off the clock is.
		await refused(at(seconds(-11), signed(seconds(1))), 'bad_signature');
		await refused(at([seconds(0), seconds(0)]), 'several_timestamps');
		await refused(verify(header(signed(seconds(0))), more), 'missing_timestamp');
	});

	it('signs the public address, with the query of the request and either way of writing its port', async () => {
		const more = {
			content: '{method} {url} {header:X-Id} {body}',
			publicUrl: 'https://a.example/in',
		};
		const at = (url: string, target: string | undefined, publicUrl = more.publicUrl) => {
			const signature = mac(`POST ${url} 7,8 {"a":1}`).toString('hex');
			const headers = { 'x-signature': [signature], 'x-id': ['7', '8'] };
			return verify(
				{ headers, ...(target === undefined ? {} : { target }) },
				{ ...more, publicUrl },
			);
		};
		await at('https://a.example/in?x=1&y', '/hook?x=1&y');
		await at('https://a.example:443/in', '/hook');
		await at('https://a.example/in', undefined, 'https://a.example:443/in');
		await at('https://a.example:8443/in', '/hook', 'https://a.example:8443/in');
		await at('https://a.example/in?own', '/hook?x=1', 'https://a.example/in?own');
		await refused(at('https://a.example/in', '/hook?x=1'), 'bad_signature');
		await refused(at('https://a.example:8443/in', '/hook'), 'bad_signature');
		await refused(at('http://a.example/in', '/hook'), 'bad_signature');
		const headers = { 'x-signature': [mac('x').toString('hex')] };
		await refused(verify({ headers }, more), 'header_missing');
	});

	it('covers with {form} the fields of a form, sorted, and refuses a body that nothing covers', async () => {
		const url = 'https://a.example/in';
		const more = { content: '{url}{form}', publicUrl: url };
		const push = (text: string, body: string, o: { type?: string; target?: string } = {}) =>
			verify(
				{
					body: Buffer.from(body),
					headers: {
						'x-signature': [mac(text).toString('hex')],
						'content-type': [o.type ?? 'application/x-www-form-urlencoded; charset=UTF-8'],
					},
					target: o.target ?? '/in',
				},
				more,
			);
		await push(`${url}A2a1a3é ü`, 'a=3&A=2&%C3%A9=+%C3%BC&a=1&a=3');
		await push(url, '');
		await refused(push(url, 'a=1'), 'bad_signature');
		const type = 'application/json';
		await refused(push(url, '{"a":1}', { type }), 'body_not_signed');
		const target = `/in?bodySHA256=${hash('sha256', '{"a":1}')}`;
		const signed = url + target.slice(3);
		await push(signed, '{"a":1}', { type, target });
		await refused(push(signed, '{"a":2}', { type, target }), 'body_not_signed');
		const twice = `${target}&bodySHA256=${hash('sha256', '{"a":2}')}`;
		await refused(
			push(url + twice.slice(3), '{"a":2}', { type, target: twice }),
			'body_not_signed',
		);
	});

	it('verifies what it signs, and both secrets sign in a list until their time is over', async () => {
		for (const more of [
			{},
			{ hash: 'sha512', encoding: 'base64', prefix: 'v1=' },
			{ content: '{timestamp}.{body}', timestampHeader: 'X-Time', header: 'X-Mine' },
			{
				content: '{timestamp}.{method}.{body}',
				layout: 'list',
				timestampEntry: 'ts',
				prefix: 'v1=',
			},
		]) {
			const signature = config(more);
			const signed = await sign(signature);
			const names = Object.keys(signed).map((name) => name.toLowerCase());
			assert.deepEqual(validateSignatures([signature], 'signatures').toSorted(), names.toSorted());
			const headers = lists(signed);
			assert.deepEqual(await verify({ headers }, more), { secretAt: 0 });
			const old = verify({ headers }, { ...more, secrets: [OLD] });
			await (more.layout === 'list' ? old : refused(old, 'bad_signature'));
		}
		const list = { layout: 'list', allSignUntil: new Date(NOW).toISOString() };
		const before = await sign(config(list), NOW - 1);
		await verify({ headers: lists(before) }, { ...list, secrets: [OLD] });
		const after = await sign(config(list), NOW);
		await verify({ headers: lists(after) }, { ...list, secrets: [NEW] });
		await refused(verify({ headers: lists(after) }, { ...list, secrets: [OLD] }), 'bad_signature');
	});

	it('refuses a configuration by which something would not be signed', () => {
		for (const [place, more, use] of [
			['content', { content: '{timestamp}' }, 'verify'],
			['content', { content: '{form}' }, 'verify'],
			['content', { content: '{bodi}' }, 'verify'],
			['content', { content: '{body}}' }, 'verify'],
			['content', { content: '{header:X-A}{body}' }, 'sign'],
			['content', { content: '{url}{form}' }, 'sign'],
			['timestampHeader', { content: '{timestamp}{body}' }, 'verify'],
			['timestampHeader', { content: '{timestamp}{body}', timestampHeader: 'a b' }, 'sign'],
			['publicUrl', { content: '{url}{body}' }, 'verify'],
			['publicUrl', { publicUrl: 'ftp://a.example' }, 'verify'],
			['allSignUntil', { allSignUntil: 'soon' }, 'sign'],
			['secrets[1]', { secretEncoding: 'hex', secrets: ['00ff', 'zz'] }, 'verify'],
			['secrets[0]', { secretEncoding: 'base64', secrets: ['%'] }, 'verify'],
			['hash', { hash: 'md5' }, 'verify'],
			['encoding', { encoding: 'utf8' }, 'verify'],
		] as const) {
			const validate = use === 'verify' ? validateAuth : validateSignatures;
			assert.throws(
				() => validate([config(more)], 'a'),
				(error: Error) => {
					assert.ok(error.message.startsWith(`a[0].${place}: `), error.message);
					return !error.message.includes(NEW) && !error.message.includes('zz');
				},
			);
		}
		validateSignatures([config({ content: '{url}{body}' })], 'a');
		validateAuth([config({ content: '{header:X-A}{body}' })], 'a');
		assert.deepEqual(secretPartsOf([config()]), { headers: [], query: [], texts: [] });
	});
});

function sign(signature: HmacConfig, now = NOW) {
	return signRequest({ method: 'POST', url: 'https://x/', body: BODY, now }, [signature]);
}

function lists(signed: Readonly<Record<string, string>>): Record<string, string[]> {
	return Object.fromEntries(
		Object.entries(signed).map(([name, value]) => [name.toLowerCase(), [value]]),
	);
}
