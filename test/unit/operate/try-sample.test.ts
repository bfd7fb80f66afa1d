import assert from 'node:assert/strict';
import { trySample, type TriedSample } from '../../../core/operate/try-sample';
import { FakeClock } from '../../support/fake-clock';

const at = (name: string, path = name, rest: object = {}) => ({
	type: 'path',
	name,
	path,
	...rest,
});
const jsonnet = (name: string, content: string) => ({
	type: 'template',
	name,
	template: { language: 'jsonnet', content },
});
const clock = new FakeClock();

interface Asked {
	readonly body?: unknown;
	readonly headers?: string;
	readonly position?: number;
	/** null: events are items of the flow. */
	readonly receiver?: object | null;
}

/** @param mapping settings of the dialog */
function tried(mapping: object, { body = {}, headers, position, receiver = {} }: Asked = {}) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const sample = { body: text, ...(headers === undefined ? {} : { headers }) };
	return trySample(
		{
			mapping,
			sample,
			...(position === undefined ? {} : { position }),
			...(receiver ? { receiver } : {}),
		},
		{ clock },
	);
}
const columns = (...list: object[]) => ({ data: 'columns', columns: list });
const cells = ({ mapping }: TriedSample) =>
	mapping?.cells.map(({ name, value, fault, isUntried }) => [
		name,
		value ?? (isUntried ? 'untried' : fault?.message),
	]);

describe('a sample through a mapping that is being edited', () => {
	it('gives each column its cell, with the numbers of the sender, and the record that the flow gets', async () => {
		const answer = await tried(
			columns(
				{ type: 'id', name: 'n' },
				at('t', 'data.t'),
				at('none', 'x', { defaultValue: '-' }),
				jsonnet('host', 'Header("X-Site") + " " + Now("%Y")'),
			),
			{ body: '{"data":{"t":1.10}}', headers: 'X-Site: b4\nContent-Encoding: gzip' },
		);
		assert.deepEqual(cells(answer), [
			['n', '1'],
			['t', '1.10'],
			['none', '"-"'],
			['host', '"b4 2026"'],
		]);
		assert.equal(answer.mapping?.filter.became, 'taken');
		const { as, text } = answer.mapping?.gets ?? {};
		assert.equal(as, 'record');
		assert.deepEqual(JSON.parse(text ?? ''), { n: 1, t: 1.1, none: '-', host: 'b4 2026' });
		assert.deepEqual(
			answer.paths.map(({ path }) => path),
			['data', 'data.t'],
		);
	});

	it('tells what is wrong with a column at the column, with its place, and renders the others', async () => {
		const answer = await tried(
			columns(
				at('a'),
				jsonnet('wrong', '{\n  x: Boby("a")\n}'),
				jsonnet('fails', '1 + Body("zz")'),
				at('path', '..'),
				at('a'),
				at('', 'a'),
			),
			{ body: { a: 5 } },
		);
		assert.deepEqual(cells(answer), [
			['a', '5'],
			['wrong', 'Unknown variable: Boby. Did you mean Body?'],
			['fails', 'path "zz" not found in the body (1:5-15 in $)'],
			['path', 'path: expected a path such as "data.items[0]", or "" for all, got ".."'],
			['a', '5'],
			['', '5'],
		]);
		const faults = answer.mapping?.cells.map(({ fault }) => fault);
		assert.deepEqual([faults?.[1]?.line, faults?.[1]?.column], [2, 6]);
		assert.equal(answer.mapping?.gets, undefined);
	});

	it('names the column that does not go with the others, and still shows its value', async () => {
		const twice = await tried(columns(at('a'), at('b', 'a'), at('a')), { body: { a: 5 } });
		const { cells: found = [], fault, gets } = twice.mapping ?? {};
		assert.deepEqual([found[2]?.value, fault, gets], ['5', undefined, undefined]);
		assert.match(found[2]?.fault?.message ?? '', /^name: expected a name that no other column has/);
		const none = await tried(columns());
		assert.match(none.mapping?.fault?.message ?? '', /expected 1 to 100 columns/);
	});

	it('says whether the filter takes the event, leaves it out, or fails', async () => {
		const became = async (settings: object) => {
			const { mapping } = await tried({ ...columns(at('a')), ...settings }, { body: { a: 5 } });
			return [mapping?.filter.became, mapping?.gets !== undefined];
		};
		assert.deepEqual(await became({ filterCondition: 'Body("a") > 4' }), ['taken', true]);
		assert.deepEqual(await became({ filterCondition: 'Body("a") > 5' }), ['leftOut', false]);
		assert.deepEqual(await became({ filterCondition: 'Body("a")' }), ['failed', false]);
		assert.deepEqual(await became({ filterCondition: 'Body(' }), ['failed', false]);
		assert.deepEqual(await became({ filterTypes: 'x'.repeat(300) }), ['failed', false]);
		assert.deepEqual(await became({ filterTypes: 'touch' }), ['leftOut', false]);
		const { mapping } = await tried(
			{ data: 'event', filterTypes: 'touch' },
			{ body: { t: 'touch' }, receiver: { typePath: 't' } },
		);
		assert.equal(mapping?.filter.became, 'taken');
	});

	it('shows picked fields, whole events and items of the flow', async () => {
		const fields = await tried(
			{ data: 'fields', fields: [{ name: 'x', path: 'a' }] },
			{ body: { a: 'b' } },
		);
		assert.deepEqual(cells(fields), [['x', '"b"']]);
		const whole = await tried({ data: 'event' }, { body: { a: 1 } });
		assert.deepEqual(cells(whole), []);
		assert.deepEqual(JSON.parse(whole.mapping?.gets?.text ?? '').body, { a: 1 });
		const item = await tried({ data: 'event' }, { body: [1, 'x'], receiver: null });
		assert.deepEqual(JSON.parse(item.mapping?.gets?.text ?? ''), [1, 'x']);
		const text = await tried({ data: 'event' }, { body: 'no JSON', receiver: null });
		assert.equal(text.mapping?.gets?.text, '"no JSON"');
	});

	it('shows the text or file of which the flow gets one, and what keeps it from being written', async () => {
		const csv = { batchAs: 'text', batchFormat: 'csv' };
		const { mapping } = await tried({ ...columns(at('a')), ...csv }, { body: { a: 'x,y' } });
		assert.deepEqual(mapping?.gets, { as: 'text', text: 'a\n"x,y"\n', isCut: false });
		const file = await tried({ ...columns(at('a')), ...csv, batchAs: 'file' }, { body: { a: 1 } });
		assert.deepEqual([file.mapping?.gets?.as, file.mapping?.gets?.text], ['file', 'a\n1\n']);
		const whole = await tried({ data: 'event', ...csv });
		assert.match(whole.mapping?.fault?.message ?? '', /batchFormat: expected/);
	});

	it('splits a sample as the receiver does, and shows the event that is asked for', async () => {
		const body = [{ a: 1 }, { a: 2 }, { a: 3 }];
		const receiver = { split: 'array' };
		const shown = async (position?: number) => {
			const answer = await tried(columns(at('a')), {
				body,
				receiver,
				position: position as number,
			});
			return [answer.count, answer.position, cells(answer)?.[0]?.[1]];
		};
		assert.deepEqual(await shown(), [3, 0, '1']);
		assert.deepEqual(await shown(2), [3, 2, '3']);
		assert.deepEqual(await shown(9), [3, 2, '3']);
		assert.deepEqual(await shown(-1), [3, 0, '1']);
		const csv = { split: 'csv', csvDelimiter: 'semicolon' };
		const lines = await tried(columns(at('b')), {
			body: 'a;b\n1;2\n3;4',
			receiver: csv,
			position: 1,
		});
		assert.deepEqual([lines.count, cells(lines)?.[0]?.[1]], [2, '"4"']);
		const came = await tried(columns(at('b')), { body: { a: '1', b: '2' }, receiver: csv });
		assert.deepEqual([came.count, cells(came)?.[0]?.[1]], [1, '"2"']);
		const form = await tried(columns(at('b')), {
			body: 'a=1&b=2',
			receiver: { readBodyAs: 'form' },
		});
		assert.deepEqual(cells(form)?.[0]?.[1], '"2"');
		const one = { specversion: '1.0', id: '1', source: '/s', type: 't', data: { b: 2 } };
		for (const given of [one, [one]]) {
			const events = await tried(columns(at('b', 'data.b')), {
				body: given,
				receiver: { split: 'cloudevents' },
			});
			assert.deepEqual([events.count, cells(events)?.[0]?.[1]], [1, '2']);
		}
		const none = await tried(columns(at('a')), { body: [], receiver });
		assert.deepEqual([none.count, none.mapping, none.fault], [0, undefined, undefined]);
	});

	it('says what the receiver would refuse, and what of the body cannot be read', async () => {
		const schemaFields = [{ name: 'n', type: 'int' }];
		const refused = await tried(columns(at('n')), {
			body: { n: 'x' },
			receiver: { schemaMode: 'coerce', schemaFields },
		});
		assert.deepEqual([refused.fault?.code, refused.mapping], ['ERR_SCHEMA_MISMATCH', undefined]);
		const reported = await tried(columns(at('n')), {
			body: { n: 'x' },
			receiver: { schemaMode: 'report', schemaFields },
		});
		assert.equal(reported.mismatch?.code, 'ERR_SCHEMA_MISMATCH');
		assert.deepEqual(cells(reported), [['n', '"x"']]);
		const converted = await tried(columns(at('n'), { type: 'recordId', name: 'r' }), {
			body: { n: '7' },
			receiver: { schemaMode: 'coerce', schemaFields },
		});
		assert.deepEqual(cells(converted)?.[0], ['n', '7']);
		assert.match(cells(converted)?.[1]?.[1] ?? '', /^"[\w-]+"$/);
		const broken = await tried({ data: 'event' }, { body: '{"a": 1' });
		assert.match(broken.unreadable?.message ?? '', /line 1, column 8/);
		const setting = await tried({ data: 'event' }, { receiver: { split: 'pages' } });
		assert.match(setting.fault?.message ?? '', /^split: expected one of/);
	});

	it('ends where templates take their time', async () => {
		const endless = 'local f(n) = f(n + 1) tailstrict; f(0)';
		const answer = await tried(
			columns(
				at('a'),
				jsonnet('1', endless),
				jsonnet('2', endless),
				jsonnet('3', endless),
				at('a2', 'a'),
			),
			{ body: { a: 1 } },
		);
		assert.deepEqual(
			answer.mapping?.cells.map(({ value, fault, isUntried }) => value ?? fault?.code ?? isUntried),
			['1', 'ERR_TEMPLATE_LIMIT', 'ERR_TEMPLATE_LIMIT', true, true],
		);
		let ticks = 0;
		const slow = Object.assign(new FakeClock(), { monotonicMs: () => (ticks += 200) });
		const many = columns(...['a', 'b', 'c', 'd', 'e'].map((name) => at(name, 'a')));
		const late = await trySample(
			{ receiver: {}, mapping: many, sample: { body: '{"a":1}' } },
			{ clock: slow },
		);
		assert.deepEqual(
			late.mapping?.cells.map(({ isUntried }) => isUntried ?? false),
			[false, false, true, true, true],
		);
		assert.equal(late.mapping?.gets, undefined);
	});

	it('bounds what it shows', async () => {
		const body = { a: 'x'.repeat(30_000) };
		const { mapping } = await tried(columns(at('a')), { body });
		assert.equal(mapping?.cells[0]?.value?.length, 1_000);
		assert.deepEqual([mapping?.gets?.text.length, mapping?.gets?.isCut], [20_000, true]);
		await assert.rejects(tried({}, { body: 'x'.repeat(1_048_577) }), /sample: expected at most/);
	});

	for (const [what, asked, path] of [
		['nothing', undefined, 'sample'],
		['no sample', { mapping: {} }, 'sample'],
		['a sample that is no text', { mapping: {}, sample: { body: 7 } }, 'sample'],
		['headers that are none', { mapping: {}, sample: { body: '', headers: {} } }, 'sample'],
		['no mapping', { sample: { body: '' } }, 'mapping'],
		['a position that is none', { mapping: {}, sample: { body: '' }, position: 1.5 }, 'position'],
		[
			'columns that are no list',
			{ mapping: { columns: {} }, sample: { body: '' } },
			'mapping.columns',
		],
		[
			'a column that is none',
			{ mapping: { columns: [null] }, sample: { body: '' } },
			'mapping.columns',
		],
		[
			'a label that is none',
			{ mapping: { filterLabels: [{ key: 7 }] }, sample: { body: '' } },
			'mapping.filterLabels',
		],
		[
			'a condition that is no text',
			{ mapping: { filterCondition: {} }, sample: { body: '' } },
			'mapping.filterCondition',
		],
		[
			'a flag that is none',
			{ mapping: { batchCsvHeader: 'no' }, sample: { body: '' } },
			'mapping.batchCsvHeader',
		],
		['a receiver that is none', { receiver: [], mapping: {}, sample: { body: '' } }, 'receiver'],
	] as const) {
		it(`refuses ${what}`, async () => {
			await assert.rejects(
				trySample(asked, { clock }),
				(error: { details?: { path?: unknown } }) => error.details?.path === path,
			);
		});
	}
});
