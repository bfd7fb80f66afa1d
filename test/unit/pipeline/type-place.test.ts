import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { aPush, anExportInput, HOLDER, OPEN, pipelineWorld } from '../../support/pipeline-fixtures';

type Place = { typePath: string } | { typeHeader: string } | { typeQuery: string };

/** The types of the events that a receiver with this place stores, and what its status says of those without one. */
async function typesOf(
	place: Place,
	pushes: readonly Parameters<typeof aPush>[0][],
): Promise<{ types: (string | undefined)[]; missing: number | undefined }> {
	const world = await pipelineWorld();
	try {
		const receiver = world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...place },
			[{ config: anExportInput({ conditions: { count: 100, time: '1h', size: '1MB' } }) }],
			HOLDER,
		);
		await receiver.ready;
		for (const push of pushes)
			assert.equal((await world.pipeline.accept('r1', aPush(push))).status, 200);
		const rows = await world.store.peek('r1/main');
		const [held] = world.pipeline.held().receivers;
		return {
			types: rows.map(({ payload }) => decodeEvent(payload).type),
			missing: held?.pathMisses.type,
		};
	} finally {
		await world.close();
	}
}

describe('where a request has the type of its event', () => {
	const json = { 'content-type': 'application/json' };

	it('a header, of any case and name', async () => {
		const push = (headers: Record<string, string>) => ({ headers: { ...json, ...headers } });
		const pushes = [
			push({ 'x-event': 'a' }),
			push({ 'X-EVENT': 'b' }),
			push({}),
			push({ 'x-event': '' }),
		];
		const { types, missing } = await typesOf({ typeHeader: 'X-Event' }, pushes);
		assert.deepEqual(types, ['a', 'b', undefined, undefined]);
		assert.equal(missing, 2);
		for (const typeHeader of ['constructor', '__proto__'])
			assert.deepEqual((await typesOf({ typeHeader }, [{}])).types, [undefined]);
	});

	it('a parameter of the URL', async () => {
		const pushes = [{ query: { event: ['up'] } }, { query: { event: [] } }, { query: {} }, {}];
		const { types, missing } = await typesOf({ typeQuery: 'event' }, pushes);
		assert.deepEqual(types, ['up', undefined, undefined, undefined]);
		assert.equal(missing, 3);
		for (const typeQuery of ['constructor', '__proto__'])
			assert.deepEqual((await typesOf({ typeQuery }, [{ query: {} }, {}])).types, [
				undefined,
				undefined,
			]);
	});

	it('one place alone, and a name that can be one', () => {
		const parse = (place: object) => () => parseReceiverConfig({ id: 'r1', auth: OPEN, ...place });
		const refused = (message: RegExp) => ({ code: 'ERR_CONFIG_INVALID', message });
		assert.throws(
			parse({ typePath: 'a', typeHeader: 'b' }),
			refused(/one of typePath, typeHeader/),
		);
		assert.throws(
			parse({ typeQuery: 'a', typeHeader: 'b' }),
			refused(/one of typePath, typeHeader/),
		);
		for (const typeHeader of ['', 'a b', 'a:', 5])
			assert.throws(parse({ typeHeader }), refused(/typeHeader/));
		for (const typeQuery of ['', 'x'.repeat(257), 5])
			assert.throws(parse({ typeQuery }), refused(/typeQuery/));
		assert.equal(parse({ typeHeader: 'X-Event' })().typeHeader, 'X-Event');
		assert.equal(parse({ typeQuery: 'event' })().typeQuery, 'event');
	});
});
