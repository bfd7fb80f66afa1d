import assert from 'node:assert/strict';
import { previewPush } from '../../../core/pipeline/preview';
import { aPush, anExportInput, OPEN } from '../../support/pipeline-fixtures';

describe('previewPush: a push that is stored nowhere', () => {
	it('gives the record of each export', async () => {
		const columns = [
			{ type: 'id', name: 'n' },
			{ type: 'path', name: 'a', path: 'a' },
		] as const;
		const { answer, records } = await previewPush(
			{ id: 'r1', auth: OPEN },
			[
				anExportInput({ columns }),
				anExportInput({ id: 'whole' }),
				anExportInput({ id: 'none', filter: { types: ['x'] } }),
			],
			aPush(),
		);
		assert.equal(answer.status, 200);
		assert.deepEqual({ ...(records?.[0]?.[0] as object) }, { n: 1, a: 1 });
		assert.deepEqual((records?.[1]?.[0] as { body: unknown }).body, { a: 1 });
		assert.deepEqual(records?.[2], []);
	});

	it('answers a refused push as accept does, without records', async () => {
		const { answer, records } = await previewPush(
			{ id: 'r1', auth: [{ kind: 'body-jwt', secrets: ['k'] }] },
			[anExportInput()],
			aPush(),
		);
		assert.equal(answer.status, 401);
		assert.equal(records, undefined);
	});

	it('throws what is wrong with the configuration', async () => {
		await assert.rejects(previewPush({ id: 'r1', auth: [] }, [], aPush()), {
			code: 'ERR_CONFIG_INVALID',
		});
	});
});
