import assert from 'node:assert/strict';
import { formatByteSize, humanByteSize, parseByteSize } from '../../../core/pure/byte-size';
import {
	evaluateConditions,
	parseConditions,
	timeConditionDueAt,
} from '../../../core/buffer/conditions';
import { formatDuration, parseDuration } from '../../../core/pure/duration';
import { ConfigError } from '../../../core/errors';

describe('parseByteSize', () => {
	const cases: [text: string, bytes: number | undefined][] = [
		['0', 0],
		['100', 100],
		['100b', 100],
		['1 kB', 1024],
		['1K', 1024],
		['2kilobytes', 2048],
		['5MB', 5242880],
		['5 megabyte', 5242880],
		['1gb', 1024 ** 3],
		['Kb', undefined],
		['1Kb', undefined],
		['1Mb', undefined],
		['0.5MB', undefined],
		['-1', undefined],
		['', undefined],
		['1 constructor', undefined],
		['99999999999999999999', undefined],
	];
	for (const [text, bytes] of cases) {
		it(`reads ${JSON.stringify(text)} as ${bytes}`, () => assert.equal(parseByteSize(text), bytes));
	}
});

describe('formatByteSize and humanByteSize', () => {
	const cases: [bytes: number, exact: string, human: string][] = [
		[0, '0B', '0 B'],
		[1000, '1000B', '1000 B'],
		[1024, '1KB', '1024 B'],
		[1025, '1025B', '1.0 KB'],
		[102400, '100KB', '100.0 KB'],
		[1024 ** 2, '1MB', '1024.0 KB'],
		[10485760, '10MB', '10.0 MB'],
	];
	for (const [bytes, exact, human] of cases) {
		it(`prints ${bytes} as ${exact} and ${human}`, () => {
			assert.equal(formatByteSize(bytes), exact);
			assert.equal(humanByteSize(bytes), human);
		});
	}
});

describe('parseDuration', () => {
	const cases: [text: string, ms: number | undefined][] = [
		['0', 0],
		['30s', 30000],
		['1m', 60000],
		['1h30m', 5400000],
		['1.5m', 90000],
		['.5s', 500],
		['0.1s', 100],
		['100ms', 100],
		['1500us', 1],
		['1d', undefined],
		['30', undefined],
		['s', undefined],
		['', undefined],
		['-5s', undefined],
		['5s x', undefined],
	];
	for (const [text, ms] of cases) {
		it(`reads ${JSON.stringify(text)} as ${ms} ms`, () => assert.equal(parseDuration(text), ms));
	}
	for (const [ms, text] of [
		[0, '0s'],
		[20, '20ms'],
		[1500, '1.5s'],
		[60000, '1m0s'],
		[100000, '1m40s'],
		[86400000, '24h0m0s'],
	] as const) {
		it(`prints ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
	}
});

describe('parseConditions', () => {
	it('takes the defaults for what is absent', () => {
		assert.deepEqual(parseConditions({}), { count: 1000, sizeBytes: 5242880, timeMs: 300000 });
		assert.equal(parseConditions({ count: 7 }).timeMs, 300000);
	});

	it('takes numbers for bytes and milliseconds, and digits for the count', () => {
		assert.deepEqual(parseConditions({ count: '5', size: 100, time: 30000 }), {
			count: 5,
			sizeBytes: 100,
			timeMs: 30000,
		});
	});

	it('allows shorter times where the caller says so', () => {
		assert.equal(parseConditions({ time: '1s' }, { minTimeMs: 1000 }).timeMs, 1000);
	});

	const bad: [input: Parameters<typeof parseConditions>[0], path: string, message: string][] = [
		[{ count: 0 }, 'conditions.count', '"count" must be 1 or greater.'],
		[{ count: 10000001 }, 'conditions.count', '"count" must be 10,000,000 or less.'],
		[{ count: 1.5 }, 'conditions.count', 'value "1.5" is not a whole number.'],
		[{ count: 'many' }, 'conditions.count', 'value "many" is not a whole number.'],
		[{ size: '99' }, 'conditions.size', '"size" must be 100B or greater.'],
		[{ size: '51MB' }, 'conditions.size', '"size" must be 50MB or less.'],
		[{ time: '29.999s' }, 'conditions.time', '"time" must be 30s or greater.'],
		[{ time: '24h1s' }, 'conditions.time', '"time" must be 24h or less.'],
		[
			{ time: '1d' },
			'conditions.time',
			'value "1d" is not valid time duration. Allowed units: s, m, h. For example: "30s".',
		],
		[{ time: Number.NaN }, 'conditions.time', 'value "NaN" is not valid time duration.'],
	];
	for (const [input, path, message] of bad) {
		it(`refuses ${JSON.stringify(input)}`, () => {
			assert.throws(
				() => parseConditions(input),
				(error: unknown) =>
					error instanceof ConfigError &&
					error.code === 'ERR_CONFIG_INVALID' &&
					error.details['path'] === path &&
					error.message.startsWith(`Invalid conditions: ${message}`),
			);
		});
	}

	it('takes an idle time that is shorter than the time, and has none of its own accord', () => {
		const shortest = { minTimeMs: 1_000 };
		assert.equal(parseConditions({ time: '30s', idle: '1s' }).idleMs, 1_000);
		assert.equal(parseConditions({ time: 30_000, idle: 29_999 }).idleMs, 29_999);
		assert.deepEqual(Object.keys(parseConditions({}, shortest)), ['count', 'sizeBytes', 'timeMs']);
		for (const [idle, message] of [
			['30s', '"idle" must be less than the time, which is 30s and counts from the first row.'],
			['999ms', '"idle" must be 1s or greater.'],
			['soon', 'value "soon" is not valid time duration.'],
		]) {
			assert.throws(
				() => parseConditions({ time: '30s', idle }),
				(error: unknown) =>
					error instanceof ConfigError &&
					error.details['path'] === 'conditions.idle' &&
					error.message.startsWith(`Invalid conditions: ${message}`),
			);
		}
	});

	it('takes every bound itself', () => {
		assert.deepEqual(parseConditions({ count: 10000000, size: '50MB', time: '24h' }), {
			count: 10000000,
			sizeBytes: 52428800,
			timeMs: 86400000,
		});
		assert.equal(parseConditions({ size: '100', time: '30s' }).sizeBytes, 100);
	});
});

describe('evaluateConditions', () => {
	const conditions = { count: 10, sizeBytes: 1000, timeMs: 30000 };

	it('never closes an empty batch', () => {
		const stats = { rows: 0, bytes: 0, firstRowAt: undefined };
		assert.deepEqual(evaluateConditions(conditions, stats, 1e12), {
			met: false,
			reason: 'no record',
		});
	});

	it('closes at exactly the threshold and not one below', () => {
		const stats = (rows: number, bytes: number) => ({ rows, bytes, firstRowAt: 0 });
		assert.equal(evaluateConditions(conditions, stats(10, 1), 0).met, true);
		assert.equal(evaluateConditions(conditions, stats(9, 1000), 0).met, true);
		assert.equal(evaluateConditions(conditions, stats(9, 999), 29999).met, false);
		assert.equal(evaluateConditions(conditions, stats(9, 999), 30000).met, true);
	});

	it('compares whole seconds', () => {
		const odd = { ...conditions, timeMs: 1500 };
		const stats = { rows: 1, bytes: 1, firstRowAt: 0 };
		assert.equal(evaluateConditions(odd, stats, 1999).met, false);
		assert.equal(evaluateConditions(odd, stats, 2000).met, true);
		assert.equal(timeConditionDueAt(odd, 0), 2000);
	});

	it('closes when nothing came for the idle time, whatever the age of the first row', () => {
		const idle = { ...conditions, idleMs: 5_000 };
		const stats = { rows: 2, bytes: 1, firstRowAt: 0, lastRowAt: 20_000 };
		assert.equal(evaluateConditions(idle, stats, 24_999).met, false);
		assert.deepEqual(evaluateConditions(idle, stats, 25_500), {
			met: true,
			reason: 'idle threshold met, last row at: 1970-01-01T00:00:20.000Z, passed: 5s threshold: 5s',
		});
		assert.match(evaluateConditions(idle, stats, 30_000).reason, /^time threshold/);
		assert.equal(evaluateConditions(conditions, stats, 25_500).met, false);
	});

	it('does nothing when the clock went back', () => {
		const stats = { rows: 1, bytes: 1, firstRowAt: 60000 };
		assert.deepEqual(evaluateConditions(conditions, stats, 0), {
			met: false,
			reason: 'no condition met',
		});
	});
});
