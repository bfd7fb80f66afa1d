import assert from 'node:assert/strict';
import { createEvent } from '../../../core/event/create-event';
import { decodeEvent } from '../../../core/event/codec';
import type { Column } from '../../../core/mapping/column';
import { createRowRenderer } from '../../../core/mapping/render-row';

const event = createEvent({
	id: 'e',
	receivedAt: 0,
	headers: { 'content-type': 'application/json' },
	body: '{"a":1.50,"s":"x,y","o":{}}',
});
const columns: Column[] = [
	{ type: 'id', name: 'id' },
	{ type: 'path', name: 'a', path: 'a' },
	{ type: 'path', name: 's', path: 's', rawString: true },
];
const text = (payload: Uint8Array) => Buffer.from(payload).toString();

describe('createRowRenderer', () => {
	it('renders typed records', () => {
		const { payload, sizeBytes } = createRowRenderer({ columns, output: 'record' })(event);
		assert.equal(text(payload), '{"id":null,"a":1.50,"s":"x,y"}');
		assert.equal(sizeBytes, payload.length);
	});

	it('renders text cells and counts the bytes of their CSV row', () => {
		const { payload, sizeBytes } = createRowRenderer({ columns, output: 'cells' })(event);
		assert.equal(text(payload), '[null,"1.50","x,y"]');
		assert.equal(sizeBytes, ',1.50,"x,y"\n'.length);
	});

	it('counts every quote of the stream profile', () => {
		const { sizeBytes } = createRowRenderer({ columns, output: 'cells' }, 'stream')(event);
		assert.equal(sizeBytes, '"","1.50","x,y"\n'.length);
	});

	it('renders whole events as records and as they came', () => {
		const record = JSON.parse(
			text(createRowRenderer({ output: 'record' })(event).payload),
		) as object;
		assert.deepEqual(record, {
			id: 'e',
			receivedAt: '1970-01-01T00:00:00.000Z',
			ip: '',
			headers: { 'content-type': 'application/json' },
			body: { a: 1.5, s: 'x,y', o: {} },
		});
		assert.deepEqual(decodeEvent(createRowRenderer({ output: 'event' })(event).payload), event);
	});

	it('gives an item of the flow back as it was', () => {
		const render = createRowRenderer({ output: 'record', receiverId: 'items:n1' });
		assert.equal(text(render(createEvent({ body: [1, { a: 2 }] })).payload), '[1,{"a":2}]');
		assert.equal(text(render(createEvent({ body: 'text' })).payload), '"text"');
	});

	it('refuses a row of cells above 1 MiB', () => {
		const render = createRowRenderer({ columns: [{ type: 'body', name: 'b' }], output: 'cells' });
		assert.equal(render(createEvent({ body: 'x'.repeat(1_048_575) })).sizeBytes, 1_048_576);
		assert.throws(() => render(createEvent({ body: 'x'.repeat(1_048_576) })), {
			code: 'ERR_BODY_TOO_LARGE',
		});
	});

	it('refuses a row that a template has nested too deeply', () => {
		const content = `std.parseJson("${'['.repeat(600)}${']'.repeat(600)}")`;
		const columns = [
			{ type: 'template', name: 't', template: { language: 'jsonnet', content } },
		] as const;
		const render = createRowRenderer({ columns, output: 'record' });
		assert.throws(() => render(createEvent({ body: 'x' })), { code: 'ERR_TEMPLATE_LIMIT' });
	});

	it('refuses what a picked field would read of a text, and takes the text', () => {
		const event = createEvent({
			headers: { 'content-type': 'text/plain' },
			body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
		});
		const columns = [{ type: 'path', name: 'p', path: '' }] as const;
		assert.throws(() => createRowRenderer({ columns, output: 'record' })(event), {
			code: 'ERR_BODY_UNREADABLE',
		});
		assert.ok(createRowRenderer({ output: 'record' })(event));
	});

	it('refuses cells without columns', () => {
		assert.throws(() => createRowRenderer({ output: 'cells' }), { code: 'ERR_CONFIG_INVALID' });
	});
});
