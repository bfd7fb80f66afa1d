/**
 * How a destination is, as a few plain values in one document per export. Pure. It is the export's: over deploys, restarts, and over
 * the processes of a shared store, which each write what they have seen; `mergeHealth` makes one of two.
 */
import { HEALTH } from '../pure/bounds';
import type { Health } from './resolve-health';
import {
	afterFailedProbe,
	countRequest,
	inWindow,
	isTripped,
	openBreaker,
	UNREACHED,
	type OpenBreaker,
	type Slice,
} from './breaker';

/** Collection of the documents; their ids are the full ids of the exports. */
export const HEALTH_COLLECTION = 'health';

/** Shares of the time to giving up at which it is said, percent. */
export const WARN_AT_PERCENT = [50, 70, 90] as const;

/** failing: nothing but failures for too long · gone: the endpoint said so (410) · refused: it takes nothing until something is changed there. */
export type GivenUpBecause = 'failing' | 'gone' | 'refused';

export interface GivenUp {
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	readonly because: GivenUpBecause;
	readonly action: 'pause' | 'disable';
}

/** All instants are milliseconds since the Unix epoch. */
export interface HealthState {
	readonly lastSuccessAt?: number;
	readonly lastFailureAt?: number;
	/** Status of the last failure, where one was answered. */
	readonly lastStatus?: number;
	/** The first failure after the last success (D52). */
	readonly failingSince?: number;
	/** Requests since then that reached nobody, in a row. */
	readonly unreached?: { readonly since: number; readonly requests: number };
	/** The last of WARN_AT_PERCENT that was said. */
	readonly warned?: number;
	/** Somebody set it active again: failures before count no more (D54). */
	readonly restartedAt?: number;
	readonly givenUp?: GivenUp;
	/** Undefined: closed. */
	readonly breaker?: OpenBreaker;
	/** When the breaker opened, was probed, or closed. */
	readonly breakerChangedAt?: number;
	/** Who may make the next probe. */
	readonly prober?: string;
	/** Requests of the last minutes by process; only while there are failures among them. */
	readonly requests?: Readonly<Record<string, readonly Slice[]>>;
	/** When it was written down. */
	readonly seenAt?: number;
}

/** One request, as the health sees it. */
export interface HealthRequest {
	readonly ok: boolean;
	readonly at: number;
	readonly status?: number | undefined;
	/** Nobody was reached: DNS, connection, timeout, or a gateway that says so (502–504). */
	readonly unreachable?: boolean | undefined;
}

const DEFAULT_WINDOW_MS = HEALTH.windowMs.fallback;

/** @param by the process; its slices are those that it counts in */
export function afterRequest(
	state: HealthState,
	request: HealthRequest,
	{ health, by, isProbe }: { readonly health: Health; readonly by: string; isProbe: boolean },
): HealthState {
	return request.ok
		? afterSuccess(state, request, { health, by })
		: afterFailure(state, request, { health, by, isProbe });
}

function afterSuccess(
	state: HealthState,
	{ at }: HealthRequest,
	{ health, by }: { readonly health: Health; readonly by: string },
): HealthState {
	const { breaker, requests, lastFailureAt, restartedAt, givenUp } = state;
	const breakerChangedAt = breaker ? at : state.breakerChangedAt;
	const own = countOwn(state, { ok: true, at }, by, windowOf(health));
	return {
		...defined({ lastFailureAt, restartedAt, givenUp, breakerChangedAt }),
		requests: breaker ? {} : { ...requests, ...own },
		// Also by a clock that was put back: it came after what failed before.
		lastSuccessAt: Math.max(at, state.lastSuccessAt ?? 0, lastFailureAt ?? 0),
	};
}

function afterFailure(
	state: HealthState,
	request: HealthRequest,
	{ health, by, isProbe }: { readonly health: Health; readonly by: string; isProbe: boolean },
): HealthState {
	const { at, status } = request;
	const { unreached: before, lastStatus: _, ...rest } = state;
	const windowMs = windowOf(health);
	const requests = { ...state.requests, ...countOwn(state, request, by, windowMs) };
	const unreached = request.unreachable
		? { since: before?.since ?? at, requests: (before?.requests ?? 0) + 1 }
		: undefined;
	const failed: HealthState = {
		...rest,
		lastFailureAt: at,
		failingSince: state.failingSince ?? at,
		requests,
		...(status === undefined ? {} : { lastStatus: status }),
		...(unreached ? { unreached } : {}),
	};
	if (!health.breaker) return failed;
	if (state.breaker) {
		// What was under way when it opened says nothing new.
		if (!isProbe) return failed;
		const { prober: _prober, breaker: _breaker, ...over } = failed;
		const isOver = !health.breaker.trip && !request.unreachable;
		const breaker = isOver ? {} : { breaker: afterFailedProbe(state.breaker, at) };
		return { ...over, ...breaker, breakerChangedAt: at };
	}
	const isDown =
		unreached !== undefined &&
		unreached.requests >= UNREACHED.requests &&
		at - unreached.since >= UNREACHED.forMs;
	// Its own were forgotten when it closed; what others have seen before is over as well.
	const slices = Object.entries(requests).flatMap(([process, all]) =>
		inWindow(all, at, windowMs).filter(
			(slice) => process === by || slice.at >= (state.breakerChangedAt ?? 0),
		),
	);
	const { trip } = health.breaker;
	if (!isDown && !(trip && isTripped(slices, trip))) return failed;
	return { ...failed, breaker: openBreaker(at), breakerChangedAt: at };
}

/** Without a breaker requests are counted for one that may come with the next deploy. */
function windowOf({ breaker }: Health): number {
	return breaker?.windowMs ?? DEFAULT_WINDOW_MS;
}

function countOwn(
	{ requests }: HealthState,
	request: Pick<HealthRequest, 'ok' | 'at'>,
	by: string,
	windowMs: number,
): Record<string, readonly Slice[]> {
	return { [by]: countRequest(requests?.[by] ?? [], request, windowMs) };
}

/** When it is given up, if nothing is taken until then; undefined while nothing fails. */
export function givesUpAt({ failingSince }: HealthState, { giveUp }: Health): number | undefined {
	if (failingSince === undefined || giveUp.action === 'nothing') return undefined;
	return failingSince + giveUp.afterMs;
}

/** The highest of WARN_AT_PERCENT that is reached, and was not said yet. */
export function warningDue(state: HealthState, health: Health, now: number): number | undefined {
	const { failingSince, warned = 0 } = state;
	if (failingSince === undefined || health.giveUp.action === 'nothing') return undefined;
	const percent = ((now - failingSince) * 100) / health.giveUp.afterMs;
	return WARN_AT_PERCENT.findLast((step) => percent >= step && step > warned);
}

/** Set active again: what was seen until then counts no more (D54), and the breaker is closed. By no clock: whoever does it may have another. */
export function restarted(state: HealthState): HealthState {
	const { lastSuccessAt, lastFailureAt, restartedAt = 0, breakerChangedAt = 0 } = state;
	const seen = [lastSuccessAt, lastFailureAt, state.givenUp?.at].map((at) => at ?? 0);
	const at = Math.max(restartedAt, ...seen);
	return {
		...defined({ lastSuccessAt, lastFailureAt }),
		restartedAt: at,
		breakerChangedAt: Math.max(breakerChangedAt + 1, at),
	};
}

/** The same where the clock was moved by so much: what was ten minutes ago is so by the new time. */
export function movedBy(state: HealthState, ms: number): HealthState {
	const { lastSuccessAt, lastFailureAt, failingSince, restartedAt, breakerChangedAt } = state;
	const { unreached, givenUp, breaker, requests } = state;
	const move = (at: number | undefined) => (at === undefined ? undefined : at + ms);
	const slices = Object.entries(requests ?? {}).map(([by, all]) => {
		return [by, all.map((slice) => ({ ...slice, at: slice.at + ms }))] as const;
	});
	return {
		...state,
		...defined({
			lastSuccessAt: move(lastSuccessAt),
			lastFailureAt: move(lastFailureAt),
			failingSince: move(failingSince),
			restartedAt: move(restartedAt),
			breakerChangedAt: move(breakerChangedAt),
			unreached: unreached && { ...unreached, since: unreached.since + ms },
			givenUp: givenUp && { ...givenUp, at: givenUp.at + ms },
			breaker: breaker && {
				...breaker,
				openedAt: breaker.openedAt + ms,
				nextProbeAt: breaker.nextProbeAt + ms,
			},
		}),
		...(requests ? { requests: Object.fromEntries(slices) } : {}),
	};
}

/** A deploy or a restart takes less. */
const AWAY_FROM_MS = 60_000;

/**
 * As it was kept, for who takes it up again. While nobody was there nothing has failed: that time does not count to giving up, as it does
 * not make rows older (S31).
 */
export function takenUp(kept: HealthState, now: number): HealthState {
	const { seenAt = now, failingSince, unreached } = kept;
	const awayMs = now - seenAt;
	if (Math.abs(awayMs) < AWAY_FROM_MS) return kept;
	if (awayMs < 0) return movedBy(kept, awayMs);
	return {
		...kept,
		...(failingSince === undefined ? {} : { failingSince: failingSince + awayMs }),
		...(unreached ? { unreached: { ...unreached, since: unreached.since + awayMs } } : {}),
	};
}

/** Without what is over: what two processes have seen since the last success of either, or since it was set active. */
export function mergeHealth(mine: HealthState, theirs: HealthState, now: number): HealthState {
	const lastSuccessAt = latest(mine.lastSuccessAt, theirs.lastSuccessAt);
	const restartedAt = latest(mine.restartedAt, theirs.restartedAt);
	const over = latest(lastSuccessAt, restartedAt) ?? 0;
	const lastFailureAt = latest(mine.lastFailureAt, theirs.lastFailureAt);
	const failing = [mine, theirs].map((one) => failingAfter(one, over)).filter((at) => at > over);
	const newer = (mine.lastFailureAt ?? 0) >= (theirs.lastFailureAt ?? 0) ? mine : theirs;
	const isFailing = failing.length > 0;
	const warned = latest(mine.warned, theirs.warned);
	const unreached = isFailing ? newer.unreached : undefined;
	const givenUp = [mine.givenUp, theirs.givenUp]
		.filter((one) => one !== undefined && one.at > (restartedAt ?? 0))
		.sort((a, b) => (a?.at ?? 0) - (b?.at ?? 0))[0];
	return {
		...defined({ lastSuccessAt, lastFailureAt, restartedAt }),
		...(isFailing ? { failingSince: Math.min(...failing) } : {}),
		...defined({ warned: isFailing ? warned : undefined, unreached, givenUp }),
		...defined({ lastStatus: isFailing ? newer.lastStatus : undefined }),
		...breakerOf(mine, theirs, now),
		requests: mergeRequests(mine, theirs, { now, since: restartedAt ?? 0 }),
	};
}

/** Where the other one's success came in between, its first failure since then is not known: the last one stands for it. */
function failingAfter({ failingSince = 0, lastFailureAt = 0 }: HealthState, over: number): number {
	return failingSince > over ? failingSince : failingSince === 0 ? 0 : lastFailureAt;
}

/** Who changed it last is right, and of two who did not whoever plans the next probe; but not where another process has taken it. */
function breakerOf(mine: HealthState, theirs: HealthState, now: number): Partial<HealthState> {
	const next = theirs.breaker?.nextProbeAt ?? 0;
	const isTaken = mine.prober !== undefined && mine.prober !== theirs.prober && next > now;
	const newerMs = (mine.breakerChangedAt ?? 0) - (theirs.breakerChangedAt ?? 0);
	const isMine =
		!isTaken && (newerMs > 0 || (newerMs === 0 && (mine.breaker?.nextProbeAt ?? 0) >= next));
	const { breaker, breakerChangedAt, prober } = isMine ? mine : theirs;
	return defined({ breaker, breakerChangedAt, prober });
}

/** A process counts its own alone: of two states of its slices the one with more is the newer one. */
function mergeRequests(
	mine: HealthState,
	theirs: HealthState,
	{ now, since }: { readonly now: number; readonly since: number },
): Record<string, readonly Slice[]> {
	const merged: Record<string, readonly Slice[]> = {};
	for (const [by, slices] of [mine, theirs].flatMap((one) => Object.entries(one.requests ?? {}))) {
		const kept = slices.filter(({ at }) => at > now - 3_600_000 && at <= now && at >= since);
		if (kept.length > 0 && sumOf(kept) >= sumOf(merged[by] ?? [])) merged[by] = kept;
	}
	return merged;
}

function sumOf(slices: readonly Slice[]): number {
	return slices.reduce((sum, { taken, failed }) => sum + taken + failed, 0);
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function defined<Fields extends object>(
	fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
		[Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
	};
}

/** What a document holds, as far as it can be read; another's build may have written it. */
export function readHealth(value: unknown): HealthState {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
	return value;
}
