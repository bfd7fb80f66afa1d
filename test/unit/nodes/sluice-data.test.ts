import assert from 'node:assert/strict';
import { NodeOperationError } from 'n8n-workflow';
import { signBody, verifyBody } from '../../../core/index';
import { execute, refusal } from './sluice-context';

const SECRET = 'a secret of the sender';
const credentials = { sluiceSignatureApi: { secret: SECRET, previousSecret: '' } };

describe('Sluice, data: map', () => {
	const columns = (...values: object[]) => ({ columns: { values } });

	it('makes a record of each item, typed, and pairs it', async () => {
		const output = await execute({
			resource: 'item',
			operation: 'map',
			parameters: columns(
				{ name: 'device', type: 'path', path: 'id' },
				{ name: 'unit', type: 'path', path: 'unit', defaultValue: '°C' },
				{ name: 'f', type: 'template', template: 'Body("celsius") * 1.8 + 32' },
			),
			items: [{ json: { id: 'd1', celsius: 20 } }, { json: { id: 'd2', celsius: 30, unit: 'K' } }],
		});
		assert.deepEqual(output, [
			{ json: { device: 'd1', unit: '°C', f: 68 }, pairedItem: { item: 0 } },
			{ json: { device: 'd2', unit: 'K', f: 86 }, pairedItem: { item: 1 } },
		]);
	});

	it('takes one field as the body, with the headers of the item', async () => {
		const output = await execute({
			resource: 'item',
			operation: 'map',
			parameters: {
				source: 'field',
				sourceField: 'body.inner',
				...columns(
					{ name: 'a', type: 'path', path: 'a' },
					{ name: 'trace', type: 'template', template: 'Header("X-Trace")' },
				),
			},
			items: [
				{
					json: {
						headers: { 'X-Trace': 't1', 'content-type': 'application/x-www-form-urlencoded' },
						body: { inner: { a: [1] } },
					},
				},
			],
		});
		assert.deepEqual(output[0]?.json, { a: [1], trace: 't1' });
	});

	it('reads JSON text in a field', async () => {
		const [one] = await execute({
			resource: 'item',
			operation: 'map',
			parameters: { source: 'field', ...columns({ name: 'a', type: 'path', path: 'a' }) },
			items: [{ json: { body: '{"a":7}' } }],
		});
		assert.deepEqual(one?.json, { a: 7 });
	});

	it('names item, column and remedy where a value is missing', async () => {
		await assert.rejects(
			execute({
				resource: 'item',
				operation: 'map',
				parameters: columns({ name: 'device', type: 'path', path: 'id' }),
				items: [{ json: { id: 'd1' } }, { json: {} }],
			}),
			(error: unknown) => {
				assert.ok(error instanceof NodeOperationError);
				assert.equal(error.context['itemIndex'], 1);
				assert.match(
					String(error.description),
					/give the column a default\. .*\(ERR_COLUMN_VALUE\)/,
				);
				return true;
			},
		);
	});

	it('sends an item that cannot be mapped to the error output and the others on', async () => {
		const output = await execute({
			resource: 'item',
			operation: 'map',
			parameters: columns({ name: 'device', type: 'path', path: 'id' }),
			items: [{ json: {} }, { json: { id: 'd2' } }],
			continueOnFail: true,
		});
		assert.equal(refusal(output[0]).code, 'ERR_COLUMN_VALUE');
		assert.deepEqual(output[0]?.pairedItem, { item: 0 });
		assert.deepEqual(output[1], { json: { device: 'd2' }, pairedItem: { item: 1 } });
	});

	for (const { name, values, message } of [
		{ name: 'no columns', values: [], message: /1 to 100 columns/ },
		{
			name: 'a template that begins with = (n8n itself takes one off)',
			values: [{ name: 'a', type: 'template', template: '==1' }],
			message: /begin with "="/,
		},
		{
			name: 'a template that cannot be compiled',
			values: [{ name: 'a', type: 'template', template: '{' }],
			message: /1:2|line|expected/i,
		},
	]) {
		it(`refuses ${name}`, async () => {
			await assert.rejects(
				execute({ resource: 'item', operation: 'map', parameters: columns(...values) }),
				message,
			);
		});
	}

	it('refuses a field that the item does not have, inherited ones too', async () => {
		for (const sourceField of ['nothing', 'constructor', 'body.toString']) {
			await assert.rejects(
				execute({
					resource: 'item',
					operation: 'map',
					parameters: {
						source: 'field',
						sourceField,
						...columns({ name: 'a', type: 'path', path: '' }),
					},
					items: [{ json: { body: {} } }],
				}),
				/sourceField: expected the name of a field/,
			);
		}
	});
});

describe('Sluice, data: sign', () => {
	it('adds headers for exactly the text', async () => {
		const body = '{ "a" : 1 }\n';
		const [one] = await execute({
			resource: 'item',
			operation: 'sign',
			items: [{ json: { body, other: true } }],
			credentials,
		});
		assert.equal(one?.json['body'], body);
		assert.equal(one?.json['other'], true);
		const headers = one?.json['headers'] as Record<string, string>;
		assert.deepEqual(Object.keys(headers), ['X-Dt-Signature']);
		await verifyBody({ token: headers['X-Dt-Signature'], body, secrets: [SECRET] });
		assert.deepEqual(one?.pairedItem, { item: 0 });
	});

	it('replaces data by the JSON that was signed, and leaves the input item alone', async () => {
		const input = { body: { a: 1 }, headers: { accept: '*/*' } };
		const [one] = await execute({
			resource: 'item',
			operation: 'sign',
			items: [{ json: input }],
			credentials,
		});
		const headers = one?.json['headers'] as Record<string, string>;
		assert.equal(one?.json['body'], '{"a":1}');
		assert.equal(headers['accept'], '*/*');
		await verifyBody({ token: headers['X-Dt-Signature'], body: '{"a":1}', secrets: [SECRET] });
		assert.deepEqual(input, { body: { a: 1 }, headers: { accept: '*/*' } });
	});

	it('sets no prototype', async () => {
		const [one] = await execute({
			resource: 'item',
			operation: 'sign',
			parameters: { headersField: '__proto__.polluted' },
			items: [{ json: { body: 'x' } }],
			credentials,
		});
		assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
		assert.ok(Object.hasOwn(one?.json ?? {}, '__proto__'));
	});

	it('says when the credential is missing or empty', async () => {
		const o = { resource: 'item', operation: 'sign', items: [{ json: { body: 'x' } }] };
		await assert.rejects(execute(o), /Sluice Signature credential to be chosen/);
		await assert.rejects(
			execute({ ...o, credentials: { sluiceSignatureApi: { secret: '' } } }),
			/whose secret is not empty/,
		);
	});
});

describe('Sluice, data: verify', () => {
	const token = (body: string, secret = SECRET) => signBody({ body, secret });
	const verify = async (
		item: { json: Record<string, unknown>; binary?: object },
		value: unknown,
		more: object = {},
		header = 'x-dt-signature',
	) =>
		execute({
			resource: 'item',
			operation: 'verify',
			items: [{ ...item, json: { ...item.json, headers: { [header]: value, other: 1 } } } as never],
			credentials,
			...more,
		});

	it('lets an item pass unchanged', async () => {
		const json = { body: '{"a": 1}', more: 1 };
		const value = await token('{"a": 1}');
		const headers = { 'x-dt-signature': value, other: 1 };
		assert.deepEqual(await verify({ json }, value), [
			{ json: { ...json, headers }, pairedItem: { item: 0 } },
		]);
	});

	it('accepts the previous secret', async () => {
		const more = { credentials: { sluiceSignatureApi: { secret: 'new', previousSecret: SECRET } } };
		assert.equal((await verify({ json: { body: 'x' } }, await token('x'), more)).length, 1);
	});

	it('takes no notice of white space around a secret, which nobody sees', async () => {
		const more = { credentials: { sluiceSignatureApi: { secret: ` ${SECRET}\n` } } };
		assert.equal((await verify({ json: { body: 'x' } }, await token('x'), more)).length, 1);
	});

	it('reads the raw bytes of a file, as the Webhook node gives them', async () => {
		const body = '{ "ä": 1 }';
		const binary = {
			data: { data: Buffer.from(body).toString('base64'), mimeType: 'application/json' },
		};
		const value = await token(body);
		const output = await verify({ json: {}, binary }, value, { parameters: { bodyField: 'data' } });
		const json = { headers: { 'x-dt-signature': value, other: 1 } };
		assert.deepEqual(output, [{ json, binary, pairedItem: { item: 0 } }]);
	});

	it('takes the options of the scheme', async () => {
		const value = await signBody({ body: 'x', secret: SECRET, alg: 'HS512', claim: 'sha256' });
		const schemeOptions = { header: 'X-Other', claim: 'sha256', algs: ['HS512'] };
		const more = { parameters: { schemeOptions } };
		assert.equal((await verify({ json: { body: 'x' } }, value, more, 'X-OTHER')).length, 1);
		for (const wrong of [{ leewaySeconds: 3_601 }, { algs: [] }, { claim: 'exp' }]) {
			await assert.rejects(
				verify({ json: { body: 'x' } }, value, { parameters: { schemeOptions: wrong } }),
				new RegExp(`schemeOptions\\.${Object.keys(wrong)[0]}: expected`),
			);
		}
	});

	it('takes parsed JSON as it is usually written', async () => {
		assert.equal(
			(await verify({ json: { body: { a: [1, 'x'] } } }, await token('{"a":[1,"x"]}'))).length,
			1,
		);
	});

	for (const { name, value, code } of [
		{ name: 'no token', value: undefined, code: 'ERR_SIGNATURE_MISSING' },
		{ name: 'a token that is none', value: 'abc', code: 'ERR_TOKEN_MALFORMED' },
		{ name: 'another body', value: token('other'), code: 'ERR_CHECKSUM_MISMATCH' },
		{ name: 'another secret', value: token('x', 'wrong'), code: 'ERR_SIGNATURE_MISMATCH' },
	]) {
		it(`refuses ${name} by the error output`, async () => {
			const given = await value;
			const [one] = await verify({ json: { body: 'x' } }, given ?? null, { continueOnFail: true });
			assert.equal(refusal(one).code, code);
			assert.match(String(refusal(one).description), new RegExp(code));
			assert.deepEqual(one?.pairedItem, { item: 0 });
			assert.doesNotMatch(JSON.stringify(one), new RegExp(SECRET));
		});
	}

	it('stops the execution where the node does not continue', async () => {
		await assert.rejects(verify({ json: { body: 'x' } }, 'abc'), NodeOperationError);
	});
});
