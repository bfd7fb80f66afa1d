import assert from 'node:assert/strict';
import { verifyBody } from '../../../core/signature/verify-body';
import { signBody } from '../../../core/signature/sign-body';
import { aPush, anExportInput, HOLDER, pipelineWorld } from '../../support/pipeline-fixtures';
import type { FieldChecks } from './field-case';

export const jwtChecks: FieldChecks = {
	J21: async (one) => {
		const { token, body, secret } = one.input as Record<'token' | 'body' | 'secret', string>;
		const [head, claims = '', signature = ''] = token.split('.');
		const { iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number };
		const input = { body, secrets: [secret], now: iat * 1_000 };
		await assert.rejects(verifyBody({ ...input, token }), { code: 'ERR_TOKEN_MALFORMED' });
		const canonical = Buffer.from(signature, 'base64url').toString('base64url');
		await verifyBody({ ...input, token: [head, claims, canonical].join('.') });
	},

	J38: async () => {
		const world = await pipelineWorld();
		try {
			await world.pipeline.attachReceiver(
				{ id: 'r1', auth: [{ kind: 'body-jwt', secrets: ['s'] }] },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
			const { body } = aPush();
			const now = world.clock.now();
			const token = await signBody({ body: body as Uint8Array, secret: 's', now });
			const push = () =>
				world.pipeline.accept('r1', aPush({ headers: { 'x-dt-signature': token } }));
			assert.equal((await push()).status, 200);
			const { status, body: second } = await push();
			assert.deepEqual([status, JSON.parse(second)], [200, { duplicate: true }]);
			assert.equal((await world.store.peek('r1/main')).length, 1);
		} finally {
			await world.close();
		}
	},

	J42: async (one) => {
		const { clock } = one.input as { clock: string };
		const world = await pipelineWorld();
		try {
			await world.pipeline.attachReceiver(
				{ id: 'r1', auth: [{ kind: 'body-jwt', secrets: ['s'] }] },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
			await world.clock.advance(Date.parse(clock) - world.clock.now());
			const push = async (token: string) =>
				world.pipeline.accept('r1', aPush({ headers: { 'x-dt-signature': token } }));
			const { body } = aPush();
			const now = Date.UTC(2026, 10, 29);
			const { status, headers } = await push(
				await signBody({ body: body as Uint8Array, secret: 's', now }),
			);
			assert.deepEqual([status, headers['retry-after']], [503, '30']);
			const forged = await push(await signBody({ body: '{}', secret: 'wrong', now }));
			assert.equal(forged.status, 401);
		} finally {
			await world.close();
		}
	},
};
