import { showInstant } from '../pure/show-instant';
import { ConfigError } from '../errors';
import { CONDITIONS, IDLE_MS } from '../pure/bounds';
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
	/** Milliseconds without another row, or text such as `10s`; shorter than `time`. Default: none. */
	readonly idle?: number | string | undefined;
}

/** What `evaluateConditions` needs to know of an open batch. */
export interface OpenBatchStats {
	readonly rows: number;
	readonly bytes: number;
	/** Milliseconds since the Unix epoch; without rows there is none. */
	readonly firstRowAt: number | undefined;
	/** Only needed where the conditions have an idle time. */
	readonly lastRowAt?: number | undefined;
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
	const { rows, bytes, firstRowAt, lastRowAt } = stats;
	if (rows === 0) return { met: false, reason: 'no record' };
	if (rows >= conditions.count) {
		return met(`count threshold met, received: ${rows} rows, threshold: ${conditions.count} rows`);
	}
	if (bytes >= conditions.sizeBytes) {
		const [received, threshold] = [humanByteSize(bytes), humanByteSize(conditions.sizeBytes)];
		return met(`size threshold met, received: ${received}, threshold: ${threshold}`);
	}
	if (firstRowAt !== undefined && now >= timeConditionDueAt(conditions, firstRowAt)) {
		const passed = passedSince(firstRowAt, now, conditions.timeMs);
		return met(`time threshold met, opened at: ${showInstant(firstRowAt)}, ${passed}`);
	}
	const { idleMs } = conditions;
	if (idleMs !== undefined && lastRowAt !== undefined && now >= idleDueAt(idleMs, lastRowAt)) {
		const passed = passedSince(lastRowAt, now, idleMs);
		return met(`idle threshold met, last row at: ${showInstant(lastRowAt)}, ${passed}`);
	}
	return { met: false, reason: 'no condition met' };
}

/** The instant from which the time condition is met: whole seconds are compared, so a part of one waits for the next (K58). */
export function timeConditionDueAt({ timeMs }: Conditions, firstRowAt: number): number {
	return firstRowAt + wholeSeconds(timeMs);
}

/** The same of either condition of time, for as long as no other row comes. */
export function timesDueAt(
	conditions: Conditions,
	{
		firstRowAt,
		lastRowAt,
	}: { readonly firstRowAt: number; readonly lastRowAt?: number | undefined },
): number {
	const dueAt = timeConditionDueAt(conditions, firstRowAt);
	const { idleMs } = conditions;
	if (idleMs === undefined || lastRowAt === undefined) return dueAt;
	return Math.min(dueAt, idleDueAt(idleMs, lastRowAt));
}

/** How long a row waits at most where no other comes. */
export function longestWaitMs({ timeMs, idleMs = timeMs }: Conditions): number {
	return Math.min(timeMs, idleMs);
}

function idleDueAt(idleMs: number, lastRowAt: number): number {
	return lastRowAt + wholeSeconds(idleMs);
}

function wholeSeconds(ms: number): number {
	return Math.ceil(ms / 1_000) * 1_000;
}

function passedSince(at: number, now: number, thresholdMs: number): string {
	const passed = formatDuration(Math.floor((now - at) / 1_000) * 1_000);
	return `passed: ${passed} threshold: ${formatDuration(thresholdMs)}`;
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
	const parsed = {
		count: parseCount(input.count ?? DEFAULT_CONDITIONS.count, refuse),
		sizeBytes: parseSize(input.size ?? DEFAULT_CONDITIONS.sizeBytes, refuse),
		timeMs: parseTime(input.time ?? DEFAULT_CONDITIONS.timeMs, minTimeMs, refuse),
	};
	return input.idle === undefined
		? parsed
		: { ...parsed, idleMs: parseIdle(input.idle, parsed.timeMs, refuse) };
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
	const ms = parseMs('time', got, refuse);
	if (ms < minTimeMs) throw refuse('time', `${formatDuration(minTimeMs)} or greater`, got);
	if (ms > CONDITIONS.timeMs.max) throw refuse('time', '24h or less', got);
	return ms;
}

function parseIdle(got: number | string, timeMs: number, refuse: Refuse): number {
	const ms = parseMs('idle', got, refuse);
	if (ms < IDLE_MS.min) throw refuse('idle', `${formatDuration(IDLE_MS.min)} or greater`, got);
	// A longer one would never be met, and nobody would know.
	if (ms >= timeMs) {
		const time = formatDuration(timeMs);
		throw refuse('idle', `less than the time, which is ${time} and counts from the first row`, got);
	}
	return ms;
}

function parseMs(member: string, got: number | string, refuse: Refuse): number {
	const ms = typeof got === 'string' ? parseDuration(got) : got;
	if (typeof ms === 'number' && Number.isInteger(ms)) return ms;
	throw refuse(
		member,
		'a duration such as "30s"',
		got,
		`value ${quote(got)} is not valid time duration. Allowed units: s, m, h. For example: "30s".`,
	);
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
