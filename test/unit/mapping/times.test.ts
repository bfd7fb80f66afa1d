import assert from 'node:assert/strict';

import { createEvent } from '../../../core/event/create-event';
import { compile } from '../../../core/jsonnet/jsonnet';
import { templateGlobals } from '../../../core/mapping/globals/globals';
import { errorOf } from '../jsonnet/table';

const globals = templateGlobals('buffer');
const event = createEvent({
	receivedAt: Date.UTC(2026, 10, 21, 9, 30),
	headers: { 'content-type': 'application/json', date: 'Sat, 21 Nov 2026 09:30:00 GMT' },
	body: Buffer.from(
		'{"at":"2026-11-21T09:30:00+02:00","s":1795253400,"ms":1795253400123,"none":null}',
	),
});
const evaluate = (source: string) => compile(source, { globals }).evaluate(event);
const failure = (source: string) => errorOf(source, { globals } as never, event);
const AT = Date.UTC(2026, 10, 21, 9, 30);
const DAY = Date.UTC(2026, 10, 21);

describe('ParseTime', () => {
	for (const [value, expected] of [
		['2026-11-21T09:30:00Z', AT],
		['2026-11-21T09:30:00.123Z', AT + 123],
		['2026-11-21T09:30:00.123456789Z', AT + 123],
		['2026-11-21T09:30:00,5Z', AT + 500],
		['2026-11-21T11:30:00+02:00', AT],
		['2026-11-21T04:00:00-0530', AT],
		['2026-11-21T11:30+02', AT],
		['2026-11-21 09:30:00', AT],
		['2026-11-21 09:30:00 UTC', AT],
		['2026-11-21t09:30z', AT],
		['20261121T093000Z', AT],
		['2026-11-21', DAY],
		['20261121', DAY],
		[' 2026-11-21 ', DAY],
		['2024-02-29', Date.UTC(2024, 1, 29)],
		['0099-01-01', Date.parse('0099-01-01T00:00:00Z')],
		['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
		['Sat, 21 Nov 2026 09:30:00 GMT', AT],
		['21 Nov 2026 10:30:00 +0100', AT],
		['1795253400', 1795253400000],
		['1795253400.5', 1795253400500],
		['1795253400123', 1795253400123],
		[1795253400, 1795253400000],
		[1795253400.123, 1795253400123],
		[1795253400123, 1795253400123],
		[1795253400123456, 1795253400123],
		['1795253400123456789', 1795253400123],
		[99999999999, 99999999999000],
		[100000000000, 100000000000],
		[99999999999999, 99999999999999],
		[100000000000000, 100000000000],
		[99999999999999984, 99999999999999],
		[100000000000000000, 100000000000],
		[0, 0],
		[-1, -1000],
	] as const) {
		it(`reads ${JSON.stringify(value)}`, () => {
			assert.equal(evaluate(`ParseTime(${JSON.stringify(value)})`), expected);
		});
	}

	for (const [value, format, expected] of [
		['21.11.2026 09:30', '%d.%m.%Y %H:%M', AT],
		['11/21/26 9:30 AM', '%m/%d/%y %I:%M %p', AT],
		['11/21/26 9:30 pm', '%D %I:%M %p', AT + 12 * 3_600_000],
		['12:05 AM', '%I:%M %p', 5 * 60_000],
		['2026-325', '%Y-%j', DAY],
		['2024-366', '%Y-%j', Date.UTC(2024, 11, 31)],
		['Saturday, November 21, 2026', '%A, %B %d, %Y', DAY],
		['sat nov  1 2026', '%a %b %e %Y', Date.UTC(2026, 10, 1)],
		['2026-11-21T11:30:00.25+02:00', '%FT%T.%f%z', AT + 250],
		['20261121093000', '%Y%m%d%H%M%S', AT],
		['@1795253400', '@%s', 1795253400000],
		['100% 2026', '100%% %Y', Date.UTC(2026, 0, 1)],
		['2026   11', '%Y %m', Date.UTC(2026, 10, 1)],
		['69 68', '%y 68', Date.UTC(1969, 0, 1)],
		['68', '%y', Date.UTC(2068, 0, 1)],
		['2026-11-21', 'iso', DAY],
		[1795253400, 's', 1795253400000],
		['1795253400123', 'ms', 1795253400123],
		[5, 'ms', 5],
		[1795253400123456, 'us', 1795253400123],
		[1795253400123456789, 'ns', 1795253400123],
		[20261121, '%Y%m%d', DAY],
	] as const) {
		it(`reads ${JSON.stringify(value)} by ${format}`, () => {
			const source = `ParseTime(${JSON.stringify(value)}, ${JSON.stringify(format)})`;
			assert.equal(evaluate(source), expected);
		});
	}

	for (const [source, message] of [
		['ParseTime("soon")', 'time "soon" does not fit the format "auto"'],
		['ParseTime("")', 'time "" does not fit the format "auto"'],
		['ParseTime("2026")', 'time "2026" does not fit the format "auto"'],
		['ParseTime("2026-02-30")', 'time "2026-02-30" does not fit'],
		['ParseTime("2023-02-29")', 'does not fit'],
		['ParseTime("2026-13-01")', 'does not fit'],
		['ParseTime("2026-11-21T24:00:00Z")', 'does not fit'],
		['ParseTime("2026-11-21T09:60Z")', 'does not fit'],
		['ParseTime("2026-1121")', 'does not fit'],
		['ParseTime("2026-11-21T09:30:00+19:00")', 'does not fit'],
		['ParseTime("2026-11-21Z09:30")', 'does not fit'],
		['ParseTime("Sat, 21 Foo 2026 09:30:00 GMT")', 'does not fit'],
		['ParseTime(1e30)', 'time 1e+30 does not fit'],
		['ParseTime(null)', 'time null does not fit'],
		['ParseTime([1])', 'time of type array does not fit'],
		['ParseTime({})', 'time of type object does not fit'],
		['ParseTime("x", "%Y")', 'time "x" does not fit the format "%Y"'],
		['ParseTime("2026 ", "%Y-")', 'does not fit the format "%Y-"'],
		['ParseTime("2026x", "%Y")', 'does not fit'],
		['ParseTime("31.04.2026", "%d.%m.%Y")', 'does not fit'],
		['ParseTime("13:00 PM", "%I:%M %p")', 'does not fit'],
		['ParseTime("2026-366", "%Y-%j")', 'does not fit'],
		['ParseTime("2026-000", "%Y-%j")', 'does not fit'],
		['ParseTime("+99:99", "%z")', 'does not fit'],
		['ParseTime("x", "%Q")', 'datetime format "%Q" is invalid: unknown specification %Q'],
		['ParseTime("x", "%Q", 1)', 'unknown specification %Q'],
		['ParseTime("2026", "%Y%")', 'stray % at the end'],
		['ParseTime("x", "yyyy-MM-dd")', 'expected auto, iso, s, ms, us, ns or a pattern'],
		['ParseTime("x", 1)', 'parameter format must be a string'],
		['ParseTime()', 'Missing argument: value'],
	] as const) {
		it(`${source} fails: ${message}`, () => {
			const error = failure(source);
			assert.equal(error.code, 'ERR_TEMPLATE_RUNTIME');
			assert.ok(error.message.includes(message), error.message);
		});
	}

	it('gives its default, evaluated when it is used, where a value does not fit', () => {
		assert.equal(evaluate('ParseTime(Body("none"), default=null)'), null);
		assert.equal(evaluate('ParseTime("x", "%Y", 5)'), 5);
		assert.equal(evaluate('ParseTime("2026", "%Y", error "unused")'), Date.UTC(2026, 0, 1));
	});
});

describe('FormatTime', () => {
	for (const [source, expected] of [
		[`FormatTime(${AT})`, '2026-11-21T09:30:00.000Z'],
		[`FormatTime(${AT + 7}.9)`, '2026-11-21T09:30:00.007Z'],
		[`FormatTime(${AT}, "%Y-%m-%d %H:%M")`, '2026-11-21 09:30'],
		[`FormatTime(${AT}, zone="+02:00")`, '2026-11-21T11:30:00.000+02:00'],
		[`FormatTime(${AT}, zone="-0530")`, '2026-11-21T04:00:00.000-05:30'],
		[`FormatTime(${AT}, "%H:%M %z %Z", "+02")`, '11:30 +0200 +02:00'],
		[`FormatTime(${AT}, "%H:%M %z %Z", "Z")`, '09:30 +0000 UTC'],
		[`FormatTime(${AT}, "%F", "+18:00")`, '2026-11-22'],
		['FormatTime(-1)', '1969-12-31T23:59:59.999Z'],
		['FormatTime(ParseTime(Body("at")))', '2026-11-21T07:30:00.000Z'],
		['FormatTime(ParseTime(Body("s")), "%F")', '2026-11-21'],
		['FormatTime(ParseTime(Header("date")), "%F %T")', '2026-11-21 09:30:00'],
		['FormatTime(ParseTime(Now()) + 86400000, "%F")', '2026-11-22'],
		['FormatTime(253402300799999)', '9999-12-31T23:59:59.999Z'],
	] as const) {
		it(`${source} is ${expected}`, () => assert.equal(evaluate(source), expected));
	}

	for (const [source, message] of [
		['FormatTime("2026")', 'time "2026" is no number of milliseconds'],
		['FormatTime("2026")', 'Read a text first: FormatTime(ParseTime(text)).'],
		['FormatTime(null)', 'time null is no number of milliseconds'],
		['FormatTime(1e300)', 'from the year 0 to 9999'],
		['FormatTime(253402300799999, zone="+01:00")', 'from the year 0 to 9999'],
		['FormatTime(0, "%Q")', 'unknown specification %Q'],
		['FormatTime(0, 1)', 'parameter format must be a string'],
		['FormatTime(0, zone="Europe/Prague")', 'zone "Europe/Prague" is invalid: expected UTC or'],
		['FormatTime(0, zone="+1")', 'zone "+1" is invalid'],
		['FormatTime(0, zone=2)', 'zone 2 is invalid'],
	] as const) {
		it(`${source} fails: ${message}`, () => {
			assert.ok(failure(source).message.includes(message), failure(source).message);
		});
	}
});

describe('times are bounded and charged', () => {
	const limits = { steps: 20_000, timeMs: 10_000 };
	const limitOf = (source: string) =>
		errorOf(source, { globals, limits } as never, event).details['limit'];

	it('by the length of each argument', () => {
		for (const source of [
			'ParseTime(std.repeat("1", 300))',
			'ParseTime("1", std.repeat("%Y", 600))',
			'FormatTime(std.repeat("1", 300))',
			'FormatTime(0, std.repeat("%Y", 600))',
			'FormatTime(0, zone=std.repeat("1", 60))',
		]) {
			assert.equal(limitOf(source), 'argument', source);
		}
	});

	it('by steps', () => {
		assert.equal(
			limitOf('[ParseTime("1", std.repeat("%Y", 400), 1) for i in std.range(1, 99)]'),
			'steps',
		);
		assert.equal(
			limitOf('[FormatTime(0, std.repeat("%c", 400)) for i in std.range(1, 99)]'),
			'steps',
		);
	});

	it('and long texts are cut in messages', () => {
		assert.ok(failure('ParseTime(std.repeat("1", 199))').message.length < 200);
		assert.ok(failure('ParseTime("1", "%" + std.repeat("é", 900))').message.length < 1_200);
	});
});
