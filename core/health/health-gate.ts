/**
 * The gate of the pipeline: what holds up the requests of an export, and when it is given up. States and numbers: docs/forwarding.md.
 *
 * Everything is decided when something happens (a request, a claim); nothing here has a timer of its own but a request that waits for
 * its rate. An export to which nothing happens costs a look at its document when it is attached, and writes nothing.
 */
import type { Documents } from '../buffer/documents';
import type { DeliveryRequest } from '../delivery/attempt';
import type { AttachedToGate, EndedAttempt, Gate, Verdict } from '../delivery/gate';
import { describeThrown } from '../describe-thrown';
import type { Cancel, Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { ExportHealth, type HealthChange } from './export-health';
import { RateLimit } from './rate-limit';
import type { Rate } from './rate';
import { resolveHealth } from './resolve-health';
import type { GivenUp } from './health-state';
import { viewOf, type HealthView } from './health-view';

/** A batch whose rows wait longer than that for their rate is given back in between, so that what was sent is settled. */
const HOLD_BATCH_MS = 60_000;

export interface HealthGatePorts {
	readonly documents: () => Documents;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Names this process among those of the store. */
	readonly by: string;
	/**
	 * Sets the state of an export that is given up; with `disable` it drops what waits, and says how much. Undefined, and nothing happens,
	 * where it is not active any more: a person or another process was first.
	 */
	readonly giveUp: (exportId: string, action: 'pause' | 'disable') => Promise<number | undefined>;
	readonly isActive: (exportId: string) => Promise<boolean>;
	/** Hears what happens to destinations; default: nobody does. */
	readonly onChange?: (exportId: string, change: HealthChange) => void;
}

type Doom = Pick<GivenUp, 'because' | 'action'> & {
	/** In words, for the log. */
	readonly why: string;
};

const WHY = {
	gone: 'the endpoint says that it is gone (410)',
	failing: 'nothing but failures for too long',
} as const;

interface Held {
	readonly health: ExportHealth;
	readonly label: string;
	readonly rate: RateLimit | undefined;
	/** Batches that were let through and have made no request yet; of those that were let through as a whole it has its token. */
	readonly through: Map<string, 'paid' | 'unpaid'>;
	/** It is about to be given up. */
	doom: Doom | undefined;
	givingUp: Promise<boolean> | undefined;
}

/** A `Gate` that knows how the destinations are. */
export interface HealthGate extends Gate {
	/** To be called with every request of a sink, once. */
	record(request: DeliveryRequest): void;
	/** How the destination of an export is; undefined where it is not attached. */
	view(exportId: string): HealthView | undefined;
}

export function createHealthGate(ports: HealthGatePorts): HealthGate {
	const { clock, logger } = ports;
	const exports = new Map<string, Held>();
	const listeners = new Set<(exportId: string) => void>();
	/** When a batch asked for its first permit, by its signal. */
	const since = new WeakMap<AbortSignal, number>();
	/** They outlive a redeploy: a new node brings no new burst. */
	const rates = new Map<string, { readonly key: string; readonly limit: RateLimit }>();

	const tell = (exportId: string): void => {
		for (const listener of listeners) listener(exportId);
	};
	const onError = (exportId: string) => (error: unknown) =>
		logger.warn(
			`health: the store does not keep how ${exportId} is (${describeThrown(error)}); deliveries go on`,
			{ exportId },
		);

	/** @returns whether it is stopped now, by whomever */
	async function giveUp(
		exportId: string,
		held: Held,
		{ because, action, why }: Doom,
	): Promise<boolean> {
		try {
			const dropped = await ports.giveUp(exportId, action);
			if (dropped === undefined) return true;
			// Only now: what was claimed before begins before.
			held.health.giveUp({ at: clock.now(), because, action });
			const what =
				action === 'pause' ? 'paused, its rows are kept' : `disabled, ${dropped} rows dropped`;
			logger.error(`buffer "${held.label}" is ${what}: ${why}`, { exportId });
			return true;
		} catch (error) {
			onError(exportId)(error);
			return false;
		}
	}

	async function detach(exportId: string): Promise<void> {
		const held = exports.get(exportId);
		exports.delete(exportId);
		await held?.health.close();
	}

	function rateOf(exportId: string, rate: Rate | undefined): RateLimit | undefined {
		if (!rate) {
			rates.delete(exportId);
			return undefined;
		}
		const key = JSON.stringify(rate);
		const known = rates.get(exportId);
		const limit = known?.key === key ? known.limit : new RateLimit(rate, clock.now());
		rates.set(exportId, { key, limit });
		return limit;
	}

	/** It is given up when an attempt has ended. */
	function decide(held: Held, doom: Doom | undefined): void {
		if (doom && !held.health.state.givenUp) held.doom ??= doom;
	}

	/** As the configuration says; undefined: it is not given up. */
	function doomOf({ health }: Held, because: keyof typeof WHY): Doom | undefined {
		const { action } = health.health.giveUp;
		return action === 'nothing' ? undefined : { because, action, why: WHY[because] };
	}

	async function judge({ batch, outcome, failed }: EndedAttempt): Promise<Verdict> {
		const held = exports.get(batch.exportId);
		if (!held) return 'counts';
		const { health } = held;
		await health.othersHeard();
		if ('pause' in outcome && outcome.pause)
			// Whatever else is configured: its rows wait for whoever changes what is in their way.
			decide(held, { because: 'refused', action: 'pause', why: outcome.error.message });
		const isGone = 'answer' in outcome && outcome.answer?.asksToDisable === true;
		if (isGone) decide(held, doomOf(held, 'gone'));
		else if (await health.shouldGiveUp(clock.now())) decide(held, doomOf(held, 'failing'));
		// What is dropped is counted after the attempt is settled; what is kept is not claimed in between.
		const isStopped = held.doom?.action === 'pause' && (await carryOut(batch.exportId, held));
		if (isStopped || health.state.givenUp?.action === 'pause') return 'kept';
		if (!failed?.unreachable) return 'counts';
		return health.state.breaker ? 'probe' : 'unreachable';
	}

	async function carryOut(exportId: string, held: Held): Promise<boolean> {
		const { doom } = held;
		if (!doom) return false;
		held.givingUp ??= giveUp(exportId, held, doom);
		const isStopped = await held.givingUp;
		held.doom = undefined;
		held.givingUp = undefined;
		return isStopped;
	}

	async function permit(exportId: string, signal: AbortSignal, batchId: string) {
		const held = exports.get(exportId);
		const begunAt = since.get(signal) ?? clock.now();
		since.set(signal, begunAt);
		while (held && !signal.aborted) {
			const now = clock.now();
			const through = held.through.get(batchId);
			if (through === 'paid') {
				held.through.delete(batchId);
				return 'granted' as const;
			}
			const isProbe = through !== undefined && held.health.isProbe(batchId);
			// Whatever ends next carries it out.
			if (held.doom) return { notBefore: now };
			const until = isProbe ? undefined : held.health.closedUntil(now);
			// The probe is on its way: what it says decides.
			if (until === Number.POSITIVE_INFINITY) {
				await changeOf(exportId, signal);
				continue;
			}
			if (until !== undefined && until > now) return { notBefore: until };
			const at = held.rate?.nextAt(now) ?? now;
			if (at <= now) {
				held.rate?.take(now);
				held.through.delete(batchId);
				if (!isProbe) held.health.began();
				return 'granted' as const;
			}
			if (at - begunAt > HOLD_BATCH_MS) return { notBefore: at };
			await pause(at - now, signal);
		}
		return 'granted' as const;
	}

	function changeOf(exportId: string, signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const end = (): void => {
				listeners.delete(listener);
				signal.removeEventListener('abort', end);
				resolve();
			};
			const listener = (changed: string): void => {
				if (changed === exportId) end();
			};
			listeners.add(listener);
			signal.addEventListener('abort', end, { once: true });
		});
	}

	function pause(ms: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			let cancel: Cancel = () => {};
			const end = (): void => {
				cancel();
				signal.removeEventListener('abort', end);
				resolve();
			};
			cancel = clock.after(ms, end);
			signal.addEventListener('abort', end, { once: true });
		});
	}

	return {
		closedUntil(exportId, asksPermits = false) {
			const held = exports.get(exportId);
			if (!held) return undefined;
			const now = clock.now();
			const until = held.health.closedUntil(now);
			if (until !== undefined || asksPermits) return until;
			const at = held.rate?.nextAt(now) ?? 0;
			return at > now ? at : undefined;
		},
		isFree(exportId, asksPermits = false) {
			const held = exports.get(exportId);
			if (!held) return true;
			const isRated = held.rate !== undefined && !asksPermits;
			return !isRated && held.health.state.breaker === undefined && !held.doom;
		},
		permit,
		onChange(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		async attach(exportId, o: AttachedToGate) {
			const health = resolveHealth(o, o);
			const one = new ExportHealth(exportId, {
				documents: ports.documents,
				clock,
				health,
				by: ports.by,
				isActive: () => ports.isActive(exportId),
				onGate: () => tell(exportId),
				onChange: (change) => ports.onChange?.(exportId, change),
				onError: onError(exportId),
			});
			await detach(exportId);
			await one.load();
			const rate = rateOf(exportId, health.rate);
			exports.set(exportId, {
				health: one,
				label: o.label,
				rate,
				through: new Map(),
				doom: undefined,
				givingUp: undefined,
			});
		},
		detach,
		began(exportId, batchId, asksPermits = false) {
			const held = exports.get(exportId);
			if (!held) return;
			if (!asksPermits) held.rate?.take(clock.now());
			held.health.began(batchId);
			held.through.set(batchId, asksPermits ? 'unpaid' : 'paid');
		},
		judge,
		ended(exportId, batchId) {
			const held = exports.get(exportId);
			if (!held) return;
			// The batch was one request, or none was made.
			held.through.delete(batchId);
			held.health.ended(batchId);
			if (held.doom?.action === 'disable') void carryOut(exportId, held);
		},
		reload() {
			for (const { health } of exports.values()) void health.refresh();
		},
		record(request) {
			const held = exports.get(request.exportId);
			if (!held) return;
			held.health.record(request, request.batchId);
			// Nothing more is sent to it, also of batches that are under way.
			if (request.gone) decide(held, doomOf(held, 'gone'));
		},
		view(exportId) {
			const held = exports.get(exportId);
			const now = clock.now();
			const at = held?.rate?.nextAt(now) ?? now;
			return held && viewOf(held.health.state, held.health.health, at > now ? at : undefined);
		},
	};
}
