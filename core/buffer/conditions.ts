import { showInstant } from '../pure/show-instant';
import { ConfigError } from '../errors';
import { CONDITIONS } from '../pure/bounds';
import { formatByteSize, humanByteSize, parseByteSize } from '../pure/byte-size';
import { formatDuration, parseDuration } from '../pure/duration';
import { grouped } from '../pure/whole-number';

import type { Conditions } from '../config';

/** Conditions as people write them; an absent member takes its default, also in an update (K47, K54). */
export interface ConditionsInput {
	/** Rows; default 1,000. */
	readonly count?: number | string | undefined;
	/** Bytes, or text such as `5MB` (K55); default 5 MB. */
	readonly size?: number | string | undefined;
	/** Milliseconds, or text such as `5m` (K56); default 5 minutes. */
	readonly time?: number | string | undefined;
}

/** What `evaluateConditions` needs to know of an open batch. */
export interface OpenBatchStats {
	readonly rows: number;
	readonly bytes: number;
	/** Milliseconds since the Unix epoch; without rows there is none. */
	readonly firstRowAt: number | undefined;
}

/** Used for what is absent (K54). */
const DEFAULT_CONDITIONS: Conditions = {
	count: CONDITIONS.count.fallback,
	sizeBytes: CONDITIONS.sizeBytes.fallback,
	timeMs: CONDITIONS.timeMs.fallback,
};

/**
 * Decides whether the open batch of an export has to be closed now. Pure.
 *
 * @param stats of the open batch; an empty batch is never closed
 * @param now milliseconds since the Unix epoch
 * @returns met, and a reason fit for a log line, worded as K58
 */
export function evaluateConditions(
	conditions: Conditions,
	stats: OpenBatchStats,
	now: number,
): { met: boolean; reason: string } {
	const { rows, bytes, firstRowAt } = stats;
	if (rows === 0) return { met: false, reason: 'no record' };
	if (rows >= conditions.count) {
		return met(`count threshold met, received: ${rows} rows, threshold: ${conditions.count} rows`);
	}
	if (bytes >= conditions.sizeBytes) {
		const [received, threshold] = [humanByteSize(bytes), humanByteSize(conditions.sizeBytes)];
		return met(`size threshold met, received: ${received}, threshold: ${threshold}`);
	}
	if (firstRowAt !== undefined && now >= timeConditionDueAt(conditions, firstRowAt)) {
		const passed = formatDuration(Math.floor((now - firstRowAt) / 1_000) * 1_000);
		const openedAt = showInstant(firstRowAt);
		const threshold = formatDuration(conditions.timeMs);
		return met(
			`time threshold met, opened at: ${openedAt}, passed: ${passed} threshold: ${threshold}`,
		);
	}
	return { met: false, reason: 'no condition met' };
}

/** The instant from which the time condition is met: whole seconds are compared, so a part of one waits for the next (K58). */
export function timeConditionDueAt(conditions: Conditions, firstRowAt: number): number {
	return firstRowAt + Math.ceil(conditions.timeMs / 1_000) * 1_000;
}

/**
 * Reads conditions as people write them and checks their bounds (K53–K57).
 *
 * @param options minTimeMs: the shortest time allowed; 30 s by the Keboola profile, 1 s in nodes. at: where a member stands, for
 *   messages; without it they are worded as K57
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function parseConditions(
	input: ConditionsInput,
	options: { readonly minTimeMs?: number; readonly at?: (member: string) => string } = {},
): Conditions {
	const { minTimeMs = CONDITIONS.timeMs.min, at } = options;
	const refuse: Refuse = at
		? (member, expected, got) => new ConfigError(at(member), expected, got)
		: refuseAsKeboola;
	return {
		count: parseCount(input.count ?? DEFAULT_CONDITIONS.count, refuse),
		sizeBytes: parseSize(input.size ?? DEFAULT_CONDITIONS.sizeBytes, refuse),
		timeMs: parseTime(input.time ?? DEFAULT_CONDITIONS.timeMs, minTimeMs, refuse),
	};
}

/** @param text what the Keboola API says of it; absent: the bound */
type Refuse = (member: string, expected: string, got: unknown, text?: string) => ConfigError;

function parseCount(got: number | string, refuse: Refuse): number {
	const count = typeof got === 'string' && /^\s*\d+\s*$/.test(got) ? Number(got) : got;
	if (typeof count !== 'number' || !Number.isInteger(count)) {
		throw refuse('count', 'a whole number', got, `value ${quote(got)} is not a whole number.`);
	}
	const { min, max } = CONDITIONS.count;
	if (count < min) throw refuse('count', `${min} or greater`, got);
	if (count > max) throw refuse('count', `${grouped(max)} or less`, got);
	return count;
}

function parseSize(got: number | string, refuse: Refuse): number {
	const bytes = typeof got === 'string' ? parseByteSize(got) : got;
	if (typeof bytes !== 'number' || !Number.isInteger(bytes)) {
		throw refuse(
			'size',
			'a size such as "5MB"',
			got,
			`value ${quote(got)} is not valid buffer size in bytes. Allowed units: B, kB, MB. For example: "5MB".`,
		);
	}
	const { min, max } = CONDITIONS.sizeBytes;
	if (bytes < min) throw refuse('size', `${formatByteSize(min)} or greater`, got);
	if (bytes > max) throw refuse('size', `${formatByteSize(max)} or less`, got);
	return bytes;
}

function parseTime(got: number | string, minTimeMs: number, refuse: Refuse): number {
	const ms = typeof got === 'string' ? parseDuration(got) : got;
	if (typeof ms !== 'number' || !Number.isInteger(ms)) {
		throw refuse(
			'time',
			'a duration such as "30s"',
			got,
			`value ${quote(got)} is not valid time duration. Allowed units: s, m, h. For example: "30s".`,
		);
	}
	if (ms < minTimeMs) throw refuse('time', `${formatDuration(minTimeMs)} or greater`, got);
	if (ms > CONDITIONS.timeMs.max) throw refuse('time', '24h or less', got);
	return ms;
}

function met(reason: string): { met: boolean; reason: string } {
	return { met: true, reason };
}

/** The Keboola API shows this text to its clients (K57); path, expected and got stay in the details. */
function refuseAsKeboola(
	member: string,
	expected: string,
	got: unknown,
	text = `"${member}" must be ${expected}.`,
): ConfigError {
	const error = new ConfigError(`conditions.${member}`, expected, got);
	error.message = `Invalid conditions: ${text}`;
	return error;
}

function quote(got: unknown): string {
	return JSON.stringify(typeof got === 'string' ? got.slice(0, 60) : String(got));
}
