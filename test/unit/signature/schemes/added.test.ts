/** What it takes to add a scheme: this file, a line in the list, texts. Everything else follows. */
import assert from 'node:assert/strict';
import { timingSafeEqual } from 'node:crypto';
import { authenticate, secretPartsOf } from '../../../../core/signature/authenticate';
import { failure } from '../../../../core/signature/failure';
import { SCHEMES, type SchemeConfig } from '../../../../core/signature/schemes/index';
import type { Scheme } from '../../../../core/signature/schemes/scheme';
import { signRequest } from '../../../../core/signature/sign-request';
import { validateAuth, validateSignatures } from '../../../../core/signature/validate-schemes';
import { aPush, anExportInput, HOLDER, pipelineWorld } from '../../../support/pipeline-fixtures';

interface KeyConfig {
	readonly kind: 'example-key';
	readonly secrets: readonly string[];
	readonly header?: string;
	readonly place?: string;
}

const exampleKey: Scheme<KeyConfig> = {
	kind: 'example-key',
	fields: [
		{ name: 'secrets', use: 'both', type: 'secrets', rule: 'signature', max: 2 },
		{ name: 'header', use: 'both', type: 'header', fallback: 'X-Key' },
		{
			name: 'place',
			use: 'verify',
			type: 'choice',
			options: ['header', 'query'],
			fallback: 'header',
		},
	],
	canSign: true,
	async verify({ headers, query = {} }, { header = 'X-Key', secrets, place }) {
		const [given, ...others] =
			(place === 'query' ? query['key'] : headers[header.toLowerCase()]) ?? [];
		// As one that asks somebody does.
		await Promise.resolve();
		if (given === undefined) throw failure('ERR_SIGNATURE_MISSING', 'no_key');
		const secretAt = secrets.findIndex(
			(one) => one.length === given.length && timingSafeEqual(Buffer.from(one), Buffer.from(given)),
		);
		if (secretAt < 0 || others.length > 0) throw failure('ERR_SIGNATURE_MISMATCH', 'wrong_key');
		return { secretAt };
	},
	sign: (_request, { header = 'X-Key', secrets: [secret = ''] }) => ({ [header]: secret }),
	signedHeaders: ({ header = 'X-Key' }) => [header],
	secretParts: ({ header = 'X-Key', place }) =>
		place === 'query' ? { query: ['key'] } : { headers: [header.toLowerCase()] },
	challenge: () => 'Key realm="example"',
};

describe('a scheme that is added to the list', () => {
	const list = SCHEMES as Scheme[];
	before(() => void list.push(exampleKey));
	after(() => void list.splice(list.indexOf(exampleKey), 1));

	const way = (more: object = {}) =>
		({ kind: 'example-key', secrets: ['k1', 'k2'], ...more }) as unknown as SchemeConfig;

	it('is checked by its fields', () => {
		validateAuth([way({ header: 'X-A', place: 'query' })], 'auth');
		for (const [path, wrong] of [
			['auth[0].secrets', { secrets: ['a', 'b', 'c'] }],
			['auth[0].header', { header: '' }],
			['auth[0].place', { place: 'cookie' }],
			['auth[0].other', { other: 1 }],
		] as const) {
			assert.throws(() => validateAuth([way(wrong)], 'auth'), {
				code: 'ERR_CONFIG_INVALID',
				message: new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: `),
			});
		}
	});

	it('signs beside others, and verifies what it signed', async () => {
		const signatures = [way(), { kind: 'body-jwt', secrets: ['s'] }] as SchemeConfig[];
		assert.deepEqual(validateSignatures(signatures, 'signatures'), ['x-key', 'x-dt-signature']);
		const request = { method: 'POST', url: 'https://x/', body: new Uint8Array(), now: 1e12 };
		const signed = await signRequest(request, signatures);
		assert.deepEqual(Object.keys(signed), ['X-Key', 'X-Dt-Signature']);
		const headers = { 'x-key': [signed['X-Key'] ?? ''] };
		assert.deepEqual(await authenticate({ ...request, headers }, [way()]), { secretAt: 0 });
	});

	it('lets pushes in and keeps its secrets out of events, and its challenge is in every 401', async () => {
		const world = await pipelineWorld();
		try {
			await world.pipeline.attachReceiver(
				{ id: 'r1', auth: [{ kind: 'body-jwt', secrets: ['s'] }, way(), way({ place: 'query' })] },
				[{ config: anExportInput({ conditions: { count: 10, time: '1h', size: '1MB' } }) }],
				HOLDER,
			).ready;
			const push = (more: object) => world.pipeline.accept('r1', aPush(more));
			assert.equal((await push({ headers: { 'X-KEY': 'k2', 'x-other': 'o' } })).status, 200);
			assert.equal((await push({ headers: {}, query: { key: ['k1'], a: ['1'] } })).status, 200);
			const rows = await world.store.peek('r1/main');
			const events = rows.map((row) => Buffer.from(row.payload).toString());
			assert.equal(events.length, 2);
			for (const text of events) assert.doesNotMatch(text, /k1|k2|x-key/i);
			assert.match(events.join(), /x-other/);
			for (const headers of [{}, { 'x-key': 'k3' }, { 'x-key': ['k1', 'k1'] }]) {
				const { status, headers: answered } = await push({ headers });
				assert.deepEqual(
					[status, answered['www-authenticate']],
					[401, 'Key realm="example", Key realm="example"'],
				);
			}
			assert.deepEqual(secretPartsOf([way()]).headers, ['x-key']);
		} finally {
			await world.close();
		}
	});
});
