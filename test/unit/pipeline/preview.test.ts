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

	it('answers that an event is left out where no export takes it', async () => {
		const some = anExportInput({
			filter: { condition: { language: 'jsonnet', content: 'Body("a") > 1' } },
		});
		const answered = async (body: string, config: object = {}) => {
			const push = aPush({ body: Buffer.from(body) });
			const { answer } = await previewPush({ id: 'r1', auth: OPEN, ...config }, [some], push);
			return JSON.parse(answer.body) as { filtered?: unknown; stored?: unknown };
		};
		assert.equal((await answered('{"a":1}')).filtered, true);
		assert.equal((await answered('{"a":2}')).filtered, undefined);
		const { stored, filtered } = await answered('[{"a":1},{"a":2}]', { split: 'array' });
		assert.deepEqual([stored, filtered], [1, 1]);
	});

	it('tells of all exports that an event does not fit, with column and place', async () => {
		const at = (name: string) => ({ type: 'path', name, path: name }) as const;
		const template = { language: 'jsonnet', content: '1 + Body("y")' } as const;
		const of = async (...exports: Parameters<typeof anExportInput>[0][]) => {
			const inputs = exports.map((one) => anExportInput(one));
			const { answer } = await previewPush({ id: 'r1', auth: OPEN }, inputs, aPush());
			return [answer.status, answer.body] as const;
		};
		const [status, one] = await of({ columns: [at('x')] });
		assert.equal(status, 400);
		assert.match(one, /path \\"x\\" not found in the body \(column \\"x\\"\)/);
		const [, both] = await of(
			{ columns: [at('x')] },
			{ id: 'fits' },
			{ id: 'other', onMappingError: 'dead', columns: [{ type: 'template', name: 't', template }] },
		);
		assert.match(
			both,
			/2 exports cannot take the event.*main.*column \\"x\\".*other.*column \\"t\\", 1:5-14/,
		);
	});

	it('throws what is wrong with the configuration', async () => {
		await assert.rejects(previewPush({ id: 'r1', auth: [] }, [], aPush()), {
			code: 'ERR_CONFIG_INVALID',
		});
	});
});
