import { HEALTH, RECEIVER_LIMITS } from '../../core/pure/bounds';
import type { Range } from '../../core/pure/whole-number';
import * as check from './check';
import { text } from './text';

const BOUNDS: Readonly<Record<string, Range>> = {
	limitPerSecond: HEALTH.perSecond,
	limitPerMinute: HEALTH.perMinute,
	limitBurst: HEALTH.burst,
	clientPerSecond: HEALTH.perSecond,
	clientPerMinute: HEALTH.perMinute,
	clientBurst: HEALTH.burst,
	maxConcurrent: RECEIVER_LIMITS.concurrency,
};

/** A limit of a receiver, by the name of its field; empty is none. */
export function checkLimit(name: string, value: unknown): check.Verdict {
	const bounds = BOUNDS[name];
	const written = String(value ?? '').trim();
	if (!bounds || written === '' || check.isVariable(written)) return true;
	return check.whole(text(`label.${name}`), value, bounds);
}
