/**
 * Which answers are final and which come again: one table, which docs/forwarding.md shows (a test compares), and what a configuration
 * may change of it.
 */
import { ConfigError } from '../../errors';
import {
	isStatusPattern,
	MAX_STATUS_PATTERNS,
	STATUS_CLASSES,
	STATUS_PATTERN,
	type StatusPattern,
} from '../../pure/status-pattern';
import { joinPath } from '../../config-path';

/** taken: done · again: the same request later · final: a dead letter. */
export type Fate = 'taken' | 'again' | 'final';

interface StatusLine {
	readonly status: number | '2xx' | '3xx' | '4xx' | '5xx';
	readonly fate: Fate;
	readonly why: string;
}

/** A status of its own goes before its class; what is no status of HTTP (600 and above) counts as 5xx (RFC 9110, 15). */
export const STATUS_TABLE: readonly StatusLine[] = [
	{ status: '2xx', fate: 'taken', why: 'whatever the answer goes on with (D43)' },
	{ status: '3xx', fate: 'final', why: 'no redirect is followed (D43)' },
	{ status: '4xx', fate: 'final', why: 'the same request would be refused again' },
	{ status: 408, fate: 'again', why: 'the request came too slowly' },
	{ status: 410, fate: 'final', why: 'the endpoint is gone, and wants no more' },
	{ status: 421, fate: 'again', why: 'the wrong connection: the next try takes another' },
	{ status: 425, fate: 'again', why: 'too early (RFC 8470)' },
	{ status: 429, fate: 'again', why: 'too many requests' },
	{ status: '5xx', fate: 'again', why: 'the fault is not of the request' },
];

export interface StatusRules {
	/** Retry every answer that is not 2xx, as a Data Connector does (D43): the same as retryOn 3xx, 4xx and 5xx; default false. */
	readonly retryAllStatuses?: boolean | undefined;
	/** Statuses that come again, whatever the table says; a status goes before a class. */
	readonly retryOn?: readonly StatusPattern[] | undefined;
	/** Statuses that are final, whatever the table says. */
	readonly finalOn?: readonly StatusPattern[] | undefined;
}

export type FateOf = (status: number) => Fate;

/** @throws ConfigError naming path and bound */
export function validateStatusLists(rules: StatusRules, path: string): void {
	const seen = new Map<unknown, string>();
	for (const name of ['retryOn', 'finalOn'] as const) {
		const patterns: unknown = rules[name];
		if (patterns === undefined) continue;
		const at = joinPath(path, name);
		if (!Array.isArray(patterns) || patterns.length > MAX_STATUS_PATTERNS) {
			throw new ConfigError(at, `a list of at most ${MAX_STATUS_PATTERNS} statuses`, patterns);
		}
		for (const [index, pattern] of (patterns as unknown[]).entries()) {
			if (!isStatusPattern(pattern)) {
				throw new ConfigError(`${at}[${index}]`, STATUS_PATTERN, pattern);
			}
			const other = seen.get(pattern);
			if (other !== undefined) {
				throw new ConfigError(`${at}[${index}]`, `a status that ${other} does not name`, pattern);
			}
			seen.set(pattern, name);
		}
	}
}

/** What becomes of a request by its answer's status: lists before `retryAllStatuses` before the table; in each a status before its class. */
export function compileStatusRules(rules: StatusRules): FateOf {
	const { retryAllStatuses = false, retryOn = [], finalOn = [] } = rules;
	const all = retryAllStatuses ? STATUS_CLASSES.map((one) => [one, 'again'] as const) : [];
	const named = new Map<unknown, Fate>([
		...all,
		...retryOn.map((one) => [one, 'again'] as const),
		...finalOn.map((one) => [one, 'final'] as const),
	]);
	const table = new Map<unknown, Fate>(STATUS_TABLE.map(({ status, fate }) => [status, fate]));
	return (status) => {
		const ofClass = status >= 600 ? '5xx' : `${Math.floor(status / 100)}xx`;
		if (ofClass === '2xx') return 'taken';
		const fates = [named, table].flatMap((of) => of.get(status) ?? of.get(ofClass) ?? []);
		return fates[0] ?? 'again';
	};
}
