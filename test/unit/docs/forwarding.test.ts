import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ALERT_KINDS } from '../../../core/pure/alert-kinds';
import { FILTER, HEALTH, HTTP_TIMEOUT_MS, RETRY } from '../../../core/pure/bounds';
import { formatDuration, parseDuration } from '../../../core/pure/duration';
import { PROTECTED_HEADERS } from '../../../core/pure/protected-headers';
import { RETRY_PRESETS, type RetryConfig } from '../../../core/pure/retry';
import { grouped } from '../../../core/pure/whole-number';
import { FORMAT_NAMES } from '../../../core/pure/format-names';
import { ROW_BODIES } from '../../../core/sink/formats/row-body';
import { AUTH_KINDS, authFields } from '../../../core/sink/http/auth/index';
import { httpKind } from '../../../core/sink/http/http-kind';
import { STATUS_TABLE } from '../../../core/sink/http/status-rules';
import { PUSH_METHODS } from '../../../core/sink/http/transport';

const page = readFileSync(path.join(__dirname, '../../../docs/forwarding.md'), 'utf8');

/** Cells of the table whose first column is called so. */
function table(first: string): string[][] {
	const lines = page.split('\n');
	const at = lines.findIndex((line) => line.startsWith(`| ${first} |`));
	assert.notEqual(at, -1, first);
	const end = lines.findIndex((line, i) => i > at && !line.startsWith('|'));
	return lines.slice(at + 2, end).map((line) =>
		line
			.slice(1, -1)
			.split('|')
			.map((cell) => cell.trim()),
	);
}
const codes = (text = ''): string[] =>
	[...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('docs/forwarding.md', () => {
	it('has every field of the sink, and no other', () => {
		const named = table('Field').flatMap(([name]) => codes(name));
		assert.deepEqual([...named].sort(), Object.keys(httpKind.fields).sort());
	});

	it('has the bounds of health, and every kind of alert', () => {
		const { failurePercent, minRequests, windowMs, disableAfterMs } = HEALTH;
		const { perSecond, perMinute, burst } = HEALTH;
		const of = Object.fromEntries(table('Of `health`').map(([name = '', ...rest]) => [name, rest]));
		const range = ({ min, max }: { min: number; max: number }): string =>
			`${min} to ${grouped(max)}`;
		const [breaker, figures] = of['`breaker`'] ?? [];
		assert.ok(breaker?.includes(`\`failurePercent\` ${range(failurePercent)}`));
		assert.ok(breaker?.includes(`\`minRequests\` ${range(minRequests)}`));
		assert.deepEqual([windowMs.min, windowMs.max], [10_000, 3_600_000], '10 s to 1 h');
		const minutes = windowMs.fallback / 60_000;
		assert.equal(
			figures,
			`${failurePercent.fallback}, ${minRequests.fallback}, ${minutes} minutes`,
		);
		for (const [name, bounds] of Object.entries({ perSecond, perMinute, burst }))
			assert.ok(of['`rate`']?.[0]?.includes(`\`${name}\` ${range(bounds)}`), name);
		const { min, max, fallback } = disableAfterMs;
		assert.deepEqual(
			[min, max, fallback],
			[1, 720, 120].map((hours) => hours * 3_600_000),
		);
		assert.deepEqual(
			table('Kind').flatMap(([kind]) => codes(kind)),
			[...ALERT_KINDS],
		);
	});

	it('has the choices of fields, their bounds and defaults', () => {
		const rows = new Map(table('Field').map(([name, ...rest]) => [codes(name)[0], rest]));
		assert.equal(rows.get('method')?.[0], PUSH_METHODS.join(', '));
		assert.deepEqual(codes(rows.get('format')?.[0]), FORMAT_NAMES);
		assert.deepEqual(codes(rows.get('body')?.[0]), ROW_BODIES);
		assert.deepEqual(
			table('A `body` of').map(([body]) => codes(body)[0]),
			ROW_BODIES,
		);
		const { min, max, fallback } = HTTP_TIMEOUT_MS;
		assert.ok(rows.get('timeoutMs')?.[0]?.endsWith(`${grouped(min)} to ${grouped(max)}`));
		assert.equal(rows.get('timeoutMs')?.[1], grouped(fallback));
	});

	it('has the statuses as the table of the code has them', () => {
		assert.deepEqual(
			table('Status'),
			STATUS_TABLE.map(({ status, fate, why }) => [String(status), fate, why]),
		);
	});

	it('names the headers that are protected', () => {
		const [, list = ''] = /\*\*Protected headers\*\*([^;]+);/.exec(page) ?? [];
		assert.deepEqual(codes(list), PROTECTED_HEADERS);
	});

	it('has the ways to be let in, with their fields', () => {
		assert.deepEqual(
			table('`auth.kind`').map(([kind, fields]) => [codes(kind)[0], codes(fields)]),
			AUTH_KINDS.map((kind) => [kind, authFields(kind)]),
		);
	});

	it('has the presets of retries, and their bounds', () => {
		const presets = Object.entries(RETRY_PRESETS) as [string, RetryConfig][];
		const rows = table('`preset`');
		assert.deepEqual(
			rows.map(([name]) => codes(name)[0]),
			presets.map(([name]) => name),
		);
		for (const [i, [, preset]] of presets.entries()) {
			const [, delays = '', besides = ''] = rows[i] ?? [];
			const [, list = '', repeated] = /^(.*?)(, repeated)?$/.exec(delays) ?? [];
			assert.deepEqual(list.split(', ').map(parseDuration), preset.delaysMs);
			assert.equal(repeated !== undefined, preset.repeatLast === true);
			const age = /maximum age (\S+)/.exec(besides)?.[1];
			assert.equal(age === undefined ? undefined : parseDuration(age), preset.maxAgeMs);
			const busy = /at least (\S+) after a time-out/.exec(besides)?.[1];
			assert.equal(busy === undefined ? undefined : parseDuration(busy), preset.busyDelayMs);
		}
		const hours = RETRY.maxRetryAfterMs / 3_600_000;
		assert.ok(page.includes(`comes again, up to ${hours} h.`));
		assert.ok(
			page.includes(
				`up to ${RETRY.maxDelays} delays of at most ${RETRY.delayMs.max / 3_600_000} h`,
			),
		);
		assert.equal(formatDuration(RETRY.maxAgeMs.min), '1m0s');
		assert.ok(page.includes(`\`maxAgeMs\` (1 minute to ${RETRY.maxAgeMs.max / 86_400_000} days)`));
	});

	it('has the bounds of filters', () => {
		assert.ok(page.includes(`event types, up to ${FILTER.maxTypes},`));
		assert.ok(page.includes(`\`labels\`: up to ${FILTER.maxLabels} of`));
	});
});
