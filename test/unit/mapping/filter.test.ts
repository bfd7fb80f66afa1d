import assert from 'node:assert/strict';
import { LATEST_PATHS } from '../../../core/config';
import { CoreError } from '../../../core/errors';
import { createEvent } from '../../../core/event/create-event';
import { compileFilter, type Filter } from '../../../core/mapping/filter';
import { validateFilter } from '../../../core/mapping/validate-filter';

const jsonnet = (content: string) => ({ language: 'jsonnet', content }) as const;
const event = (body: unknown, type?: string) => ({
	...createEvent({
		headers: { 'content-type': 'application/json' },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	}),
	...(type === undefined ? {} : { type }),
});
const takes = (filter: Filter | undefined, of: ReturnType<typeof event>) =>
	compileFilter(filter, LATEST_PATHS)(of);

describe('a filter', () => {
	const types: [filter: Filter | undefined, type: string | undefined, takes: boolean][] = [
		[undefined, 'a', true],
		[{}, undefined, true],
		[{ types: [] }, 'a', true],
		[{ types: ['a', 'b'] }, 'b', true],
		[{ types: ['a'] }, 'b', false],
		[{ types: ['a'] }, undefined, false],
	];
	for (const [filter, type, expected] of types) {
		it(`${JSON.stringify(filter)} ${expected ? 'takes' : 'leaves'} type ${type} (D38)`, () => {
			assert.equal(takes(filter, event({}, type)), expected);
		});
	}

	it('reads a type that no receiver has read where a Data Connector has it', () => {
		const touch = { event: { eventType: 'touch' } };
		const filter = { types: ['touch'] };
		assert.equal(takes(filter, event(touch)), true);
		assert.equal(takes({ types: ['co2'] }, event(touch)), false);
		assert.equal(takes(filter, event(touch, 'other')), false, 'one that was read counts alone');
		assert.equal(takes(filter, event('no JSON')), false);
	});

	it('reads it where the filter says', () => {
		const filter = { types: ['5'], typePath: 'a[0].kind' };
		assert.equal(takes(filter, event({ a: [{ kind: 5 }] })), true);
		assert.equal(takes(filter, event({ event: { eventType: '5' } })), false);
	});

	describe('by labels', () => {
		const labels = { floor: '1', room: '', n: 5, on: true, none: null, big: 12345678901234567890n };
		const body = `{"labels":{"floor":"1","room":"","n":5,"on":true,"none":null,"big":12345678901234567890}}`;
		const cases: [rule: NonNullable<Filter['labels']>[number], takes: boolean][] = [
			[{ key: 'floor', has: true }, true],
			[{ key: 'room', has: true }, true],
			[{ key: 'none', has: true }, false],
			[{ key: 'other', has: true }, false],
			[{ key: 'toString', has: true }, false],
			[{ key: 'other', has: false }, true],
			[{ key: 'floor', has: false }, false],
			[{ key: 'floor', equals: '1' }, true],
			[{ key: 'floor', equals: '2' }, false],
			[{ key: 'room', equals: '' }, true],
			[{ key: 'other', equals: '' }, false],
			[{ key: 'n', equals: '5' }, true],
			[{ key: 'on', equals: 'true' }, true],
			[{ key: 'big', equals: '12345678901234567890' }, true],
			[{ key: 'floor', in: ['2', '1'] }, true],
			[{ key: 'floor', in: ['2'] }, false],
			[{ key: 'floor', in: [] }, false],
		];
		for (const [rule, expected] of cases) {
			it(`${JSON.stringify(rule)} ${expected ? 'takes' : 'leaves'} it`, () => {
				assert.equal(Object.keys(labels).length, 6);
				assert.equal(takes({ labels: [rule] }, event(body)), expected);
			});
		}

		it('asks for all of them, at the place that is named', () => {
			const of = event({ device: { labels: { a: '1', b: '2' } } });
			const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ key, has: true }));
			assert(a && b && c);
			const labelsPath = 'device.labels';
			assert.equal(takes({ labelsPath, labels: [a, b] }, of), true);
			assert.equal(takes({ labelsPath, labels: [a, c] }, of), false);
			assert.equal(takes({ labels: [a] }, of), false);
		});

		for (const body of [
			'no JSON',
			'[]',
			'{"labels":["floor"]}',
			'{"labels":"floor"}',
			'null',
			'',
		]) {
			it(`finds none in ${JSON.stringify(body)}, and refuses nothing`, () => {
				assert.equal(takes({ labels: [{ key: 'floor', has: true }] }, event(body)), false);
				assert.equal(takes({ labels: [{ key: 'floor', has: false }] }, event(body)), true);
			});
		}
	});

	describe('by a condition', () => {
		it('takes the events for which it is true', () => {
			const condition = jsonnet("Body('event.data.temperature') > 20");
			const of = (temperature: number) => event({ event: { data: { temperature } } });
			assert.equal(takes({ condition }, of(21)), true);
			assert.equal(takes({ condition }, of(20)), false);
		});

		it('is asked only about events that types and labels have let through', () => {
			const condition = jsonnet("error 'asked'");
			assert.equal(takes({ types: ['a'], condition }, event({}, 'b')), false);
			assert.equal(takes({ labels: [{ key: 'a', has: true }], condition }, event({})), false);
			assert.throws(() => takes({ types: ['a'], condition }, event({}, 'a')), /asked/);
		});

		for (const [source, what] of [
			['1', 'a number'],
			['null', 'null'],
			['[true]', 'an array'],
			["'true'", 'a string'],
		] as const) {
			it(`refuses ${what}, which is neither true nor false`, () => {
				assert.throws(
					() => takes({ condition: jsonnet(source) }, event({})),
					(error: CoreError) =>
						error.code === 'ERR_TEMPLATE_RUNTIME' && error.message.includes(what),
				);
			});
		}

		it('says where it is wrong, when it is compiled', () => {
			assert.throws(
				() => compileFilter({ condition: jsonnet('true &&') }, LATEST_PATHS),
				(error: CoreError) =>
					error.code === 'ERR_TEMPLATE_SYNTAX' && error.message.startsWith('filter condition: '),
			);
		});

		it('tells of a body that it cannot read as the sender sees it', () => {
			assert.throws(() => takes({ condition: jsonnet("Body('a') == 1") }, event('{')), {
				code: 'ERR_BODY_UNREADABLE',
			});
		});
	});

	const refused: [path: string, filter: unknown][] = [
		['filter', 'all'],
		['filter', null],
		['filter.type', { type: ['a'] }],
		['filter.types', { types: 'a' }],
		['filter.types', { types: Array(101).fill('a') }],
		['filter.types[1]', { types: ['a', ''] }],
		['filter.types[0]', { types: ['a'.repeat(257)] }],
		['filter.typePath', { typePath: '.' }],
		['filter.labels', { labels: {} }],
		['filter.labels', { labels: Array(21).fill({ key: 'a', has: true }) }],
		['filter.labels[0]', { labels: ['a'] }],
		['filter.labels[0].key', { labels: [{ has: true }] }],
		['filter.labels[0]', { labels: [{ key: 'a' }] }],
		['filter.labels[0]', { labels: [{ key: 'a', has: true, equals: 'b' }] }],
		['filter.labels[0]', { labels: [{ key: 'a', is: 'b' }] }],
		['filter.labels[0].has', { labels: [{ key: 'a', has: 'yes' }] }],
		['filter.labels[0].equals', { labels: [{ key: 'a', equals: 5 }] }],
		['filter.labels[0].in', { labels: [{ key: 'a', in: 'b' }] }],
		['filter.labels[0].in', { labels: [{ key: 'a', in: Array(1_001).fill('b') }] }],
		['filter.labels[0].in[0]', { labels: [{ key: 'a', in: [null] }] }],
		['filter.labelsPath', { labelsPath: '' }],
		['filter.labelsPath', { labelsPath: '..' }],
		['filter.labelsPath', { labelsPath: 7 }],
		['filter.condition.language', { condition: { language: 'js', content: 'true' } }],
		['filter.condition.content', { condition: jsonnet('') }],
		['filter.condition', { condition: null }],
	];
	for (const [path, filter] of refused) {
		it(`names ${path} for ${JSON.stringify(filter).slice(0, 60)}`, () => {
			assert.throws(
				() => validateFilter(filter, 'filter'),
				(error) => error instanceof CoreError && error.details['path'] === path,
			);
		});
	}

	it('may be all of it', () => {
		validateFilter(
			{
				types: ['a'],
				labels: [
					{ key: 'a', has: false },
					{ key: 'b', equals: '' },
					{ key: 'c', in: ['d'] },
				],
				labelsPath: 'a.b[0]',
				condition: jsonnet('true'),
			},
			'filter',
		);
	});
});
