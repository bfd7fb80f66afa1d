import assert from 'node:assert/strict';
import type { DedupeConfig } from '../../../core/config';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const windowMs = 10_000;

describe('the places by which an event is known again', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (one: object, receiver: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, dedupe: [{ windowMs, ...one } as DedupeConfig], ...receiver },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
	const push = async (body: string) => {
		const answer = await world.pipeline.accept('r1', aPush({ body: Buffer.from(body) }));
		return JSON.parse(answer.body) as { duplicate?: true; stored?: number; duplicates?: number };
	};

	it('the content: the same bytes are one event, for as long as the window is', async () => {
		await attach({ content: true });
		assert.equal((await push('{"a":1}')).duplicate, undefined);
		assert.equal((await push('{"a":1}')).duplicate, true);
		assert.equal((await push('{"a": 1}')).duplicate, undefined);
		await world.clock.advance(windowMs + 1);
		assert.equal((await push('{"a":1}')).duplicate, undefined);
	});

	it('the content of each of several events', async () => {
		await attach({ content: true }, { split: 'array' });
		const { stored, duplicates } = await push('[1,2,1]');
		assert.deepEqual([stored, duplicates], [2, 1]);
	});

	it('several paths: all of them together, and nothing where one is missing', async () => {
		await attach({ keyPaths: ['a', 'b'] });
		assert.equal((await push('{"a":"x","b":"y"}')).duplicate, undefined);
		assert.equal((await push('{"b":"y","a":"x","c":1}')).duplicate, true);
		// No two pairs look alike.
		assert.equal((await push('{"a":"x\\",\\"y","b":"z"}')).duplicate, undefined);
		assert.equal((await push('{"a":"x","b":"y\\",\\"z"}')).duplicate, undefined);
		assert.equal((await push('{"a":"x"}')).duplicate, undefined);
		assert.equal((await push('{"a":"x"}')).duplicate, undefined);
	});

	const refused: [object, RegExp][] = [
		[{}, /dedupe\[0\]: .*one of keyPath, keyPaths, header and content/],
		[{ keyPath: 'a', content: true }, /one of keyPath/],
		[{ content: false }, /content: expected true/],
		[{ keyPaths: ['a'] }, /keyPaths: .*2 to 5/],
		[{ keyPaths: ['a', 'b', 'c', 'd', 'e', 'f'] }, /keyPaths: .*2 to 5/],
		[{ keyPaths: ['a', 1] }, /keyPaths\[1\]/],
		[{ keyPaths: 'ab' }, /keyPaths: /],
		[{ content: true, windowMs: 999 }, /windowMs/],
	];
	for (const [one, message] of refused) {
		it(`refuses ${JSON.stringify(one)}`, () =>
			assert.rejects(async () => attach(one), { code: 'ERR_CONFIG_INVALID', message }));
	}

	it('takes a place whose other names are undefined, as dialogs leave them', async () => {
		await attach({ keyPath: undefined, header: undefined, content: true });
		await push('1');
		assert.equal((await push('1')).duplicate, true);
	});
});
