import { MappingError } from '../../errors';
import { shorten, withHint } from '../../message-text';
import { MAX_REASON, MAX_SHOWN_NAME, formatPlace, placeOf } from '../source';

import type { Limits } from '../options';
import type { Source, Span } from '../source';

/** A place of the template for stack frames, with the function or field that contains it. */
export interface Site {
	readonly source: Source;
	readonly span: Span;
	readonly label: string;
}

/** A line of a stack (J86). */
export interface StackFrame {
	readonly place: string;
	readonly function: string;
}

/** Fuel is handed out in portions, so that the clock is read once per portion (J98). */
const PORTION = 1024;
/** One string may have this share of all string units (J90). */
const STRING_SHARE = 4;
const MAX_OUTPUT_VALUES = 1_000_000;
/** A deep stack is cut in its middle (J87). */
const SHOWN_FRAMES = 20;

/**
 * What one evaluation has left. There is one object for the process, since a field of a constant object is the cheapest
 * thing a closure can count on; `withRun` saves and restores it, so that a host function may evaluate again (J107).
 */
class Run {
	active = false;
	/** Steps left of this portion. */
	fuel = 0;
	stepsLeft = 0;
	/** 0 until the first portion is used up: short evaluations never read the clock. */
	deadline = 0;
	depth = 0;
	/** Where each level of `depth` was called from. */
	sites: (Site | undefined)[] = [];
	cells = 0;
	stringUnits = 0;
	longestString = 0;
	outputUnits = 0;
	outputValues = 0;
	limits: Limits | undefined = undefined;
	maxDepth = 0;
	shortestNumbers = false;
	/** Handed to host functions. */
	context: unknown = undefined;
	/** The last long text whose code points were looked at, see text.ts. */
	lastText = '';
	lastPoints: readonly string[] | undefined = undefined;
	/** Values that live as long as the evaluation: imported files and external variables. */
	memo: Map<string, unknown> | undefined = undefined;
}

export const run = new Run();

export interface RunSettings {
	readonly limits: Limits;
	readonly shortestNumbers: boolean;
}

/** Evaluates with fresh counters. A run inside another one has its own limits and leaves the outer one as it was. */
export function withRun<T>(settings: RunSettings, context: unknown, evaluate: () => T): T {
	const outer = run.active ? { ...run } : undefined;
	const { limits } = settings;
	run.active = true;
	run.fuel = Math.min(PORTION, limits.steps);
	run.stepsLeft = limits.steps - run.fuel;
	run.deadline = 0;
	run.depth = 0;
	if (outer !== undefined) run.sites = [];
	run.cells = limits.cells;
	run.stringUnits = limits.stringBytes;
	run.longestString = Math.floor(limits.stringBytes / STRING_SHARE);
	run.outputUnits = limits.outputBytes;
	run.outputValues = MAX_OUTPUT_VALUES;
	run.limits = limits;
	run.maxDepth = limits.depth;
	run.shortestNumbers = settings.shortestNumbers;
	run.context = context;
	run.memo = undefined;
	try {
		return evaluate();
	} finally {
		if (outer === undefined) {
			// Nothing of an event outlives its evaluation.
			run.active = false;
			run.depth = 0;
			run.lastText = '';
			run.lastPoints = undefined;
			run.context = undefined;
			run.memo = undefined;
		} else {
			Object.assign(run, outer);
		}
	}
}

/** One step: a call, an iteration, a thunk. */
export function step(): void {
	if (--run.fuel < 0) refuel();
}

/** Many steps at once, before a loop inside `std`. */
export function charge(steps: number): void {
	run.fuel -= steps;
	if (run.fuel < 0) refuel();
}

/** Called when the portion is used up: checks steps and time, and takes the next portion. */
export function refuel(): void {
	const wanted = PORTION - run.fuel;
	const missing = -run.fuel;
	if (!(missing <= run.stepsLeft)) throw limitError('steps');
	checkClock();
	const granted = Math.min(wanted, run.stepsLeft);
	run.stepsLeft -= granted;
	run.fuel += granted;
}

function checkClock(): void {
	const now = performance.now();
	if (run.deadline === 0) run.deadline = now + (run.limits?.timeMs ?? 0);
	else if (now > run.deadline) throw limitError('timeMs');
}

/** Counts array elements, object fields and thunks before they are allocated (J93). */
export function allocate(cells: number): void {
	run.cells -= cells;
	if (!(run.cells >= 0)) throw limitError('cells');
}

/** Counts a string before it is built. */
export function allocateString(units: number): void {
	run.stringUnits -= units;
	if (!(run.stringUnits >= 0) || !(units <= run.longestString)) throw limitError('stringBytes');
}

/** For a string that grows before it is counted. */
export function checkStringLength(units: number): void {
	if (!(units <= run.longestString)) throw limitError('stringBytes');
}

/** Counts one value of the output and the units of its text. */
export function countOutput(units: number): void {
	run.outputUnits -= units;
	if (run.outputUnits < 0) throw limitError('outputBytes');
	if ((--run.outputValues & (PORTION - 1)) !== 0) return;
	if (run.outputValues < 0) throw limitError('output values');
	checkClock();
}

/** Begins a call, a thunk or a field; `leave` is only reached without an error, since no template catches one. */
export function enter(site: Site | undefined): void {
	const depth = ++run.depth;
	if (depth > run.maxDepth) throw depthError();
	run.sites[depth] = site;
}

export function leave(): void {
	run.depth -= 1;
}

export function depthError(): MappingError {
	run.depth = Math.min(run.depth, run.maxDepth);
	return tooDeep({ limit: 'depth', bound: run.maxDepth });
}

/** The stack of JavaScript itself ended before `depth` did (J89). */
export function stackError(): MappingError {
	return tooDeep({ limit: 'stack' });
}

function tooDeep(details: object): MappingError {
	return failure('ERR_TEMPLATE_LIMIT', 'max stack frames exceeded.', undefined, { details });
}

export function limitError(limit: string): MappingError {
	const bounds: Readonly<Record<string, number>> = {
		...run.limits,
		'output values': MAX_OUTPUT_VALUES,
	};
	const bound = bounds[limit];
	const message = `limit ${limit}${bound === undefined ? '' : ` of ${bound}`} exceeded`;
	return failure('ERR_TEMPLATE_LIMIT', message, undefined, { details: { limit, bound } });
}

/** A text for a host function that is longer than its parameter takes. */
export function argumentError(name: string, bound: number, site?: Site): MappingError {
	const message = `argument ${name} is longer than ${bound} characters`;
	const details = { limit: 'argument', bound };
	return failure('ERR_TEMPLATE_LIMIT', message, site, { details });
}

/** An error of the running template at a place, or at the innermost call when there is none. */
export function runtimeError(
	message: string,
	site?: Site,
	cause?: unknown,
	hint?: string,
): MappingError {
	return failure('ERR_TEMPLATE_RUNTIME', message, site, { cause, hint });
}

function failure(
	code: 'ERR_TEMPLATE_RUNTIME' | 'ERR_TEMPLATE_LIMIT',
	message: string,
	site: Site | undefined,
	extra: { cause?: unknown; details?: object; hint?: string | undefined },
): MappingError {
	const { hint } = extra;
	const reason = shorten(message, MAX_REASON);
	const frames = stackFrames(site);
	const lines = frames.map((frame) => `\n\t${frame.place}\t${frame.function}`.trimEnd());
	return new MappingError(code, `RUNTIME ERROR: ${withHint(reason, hint)}${lines.join('')}`, {
		cause: extra.cause,
		details: { reason, ...(hint === undefined ? {} : { hint }), ...extra.details, frames },
	});
}

function stackFrames(site: Site | undefined): StackFrame[] {
	const sites = [...run.sites.slice(1, run.depth + 1), site].filter((each) => each !== undefined);
	const shown = sites.reverse().map(describeSite);
	if (shown.length <= SHOWN_FRAMES) return shown;
	const half = SHOWN_FRAMES / 2;
	return [...shown.slice(0, half), { place: '...', function: '' }, ...shown.slice(-half)];
}

function describeSite(site: Site): StackFrame {
	return {
		place: formatPlace(site.source, placeOf(site.source, site.span)),
		function: shorten(site.label, MAX_SHOWN_NAME),
	};
}
