import { longestWaitMs } from '../buffer/conditions';
import type { Batch, Counters, Outcome } from '../buffer/store';
import type { Conditions, ExportState, RetryConfig } from '../config';
import { CoreError } from '../errors';
import type { Logger } from '../runtime/logger';
import type { Permit, Sink } from '../sink/sink';
import { deliverBatch, type AttemptReport, type DeliveryRequest } from './attempt';
import { Backoff } from './backoff';
import type { Gate } from './gate';
import { askPermit } from './permit';
import { ClaimTimer } from './claim-timer';
import { Claimer, type ClaimerPorts } from './claimer';
import { LiveFirst, type Share } from './live-first';
import { UnderWay } from './under-way';

/** When to try rows again that are due but cannot be claimed. */
const STUCK_RETRY_MS = 1_000;

export interface LanePorts extends ClaimerPorts {
	readonly logger: Logger;
	/** Random numbers in [0, 1) for jitter. */
	readonly random: () => number;
	readonly gate: Gate;
	/** Hears of every attempt that ended. */
	readonly onAttempt: (report: AttemptReport) => void;
	/** Hears of every request of a sink. */
	readonly onRequest: (request: DeliveryRequest) => void;
}

export interface LaneConfig {
	readonly sink: Sink;
	readonly retry: RetryConfig;
	readonly conditions: Conditions;
	readonly maxInFlight: number;
	/** While a backlog drains new rows go ahead, with one batch more in flight. */
	readonly liveFirst?: boolean | undefined;
}

/**
 * The way of one export from the store to its sink: its claims, its deliveries under way and its one timer.
 *
 * States: idle → claiming → delivering (up to maxInFlight batches, and one more of new rows with live first) → settling → claiming …
 * Nothing is claimed and no timer runs while it is blocked: its sink is not ready, its gate is closed, or all that may be out is out.
 */
export class Lane {
	readonly exportId: string;
	readonly #o: LanePorts;
	readonly #config: LaneConfig;
	readonly #underWay: UnderWay;
	readonly #liveFirst: LiveFirst | undefined;
	readonly #claimer: Claimer;
	readonly #timer: ClaimTimer;
	/** The store failed. */
	readonly #backoff: Backoff;
	#isClaiming = false;
	/** The claims under way: who removes the export waits, so that a batch claimed meanwhile is given back. */
	#loop: Promise<void> = Promise.resolve();
	/** Those beside the loop. */
	readonly #beside = new Set<Promise<void>>();
	/** Something happened while a claim was under way: claim again. */
	#again = false;
	/** When a sink was told to send no more before then. */
	#held = { at: 0, until: 0 };
	#removed = false;
	/** It is paused or disabled, or gone: its batches send no more. */
	#isStopped = false;
	/** How often its state was told: what was claimed before that says nothing of it. */
	#statesTold = 0;

	constructor(exportId: string, config: LaneConfig, ports: LanePorts) {
		this.exportId = exportId;
		this.#config = config;
		this.#o = ports;
		this.#underWay = new UnderWay(config.maxInFlight);
		this.#liveFirst =
			config.liveFirst === true ? new LiveFirst(config.conditions, ports.clock.now()) : undefined;
		this.#claimer = new Claimer(exportId, {
			...ports,
			underWay: this.#underWay,
			liveFirst: this.#liveFirst,
		});
		this.#timer = new ClaimTimer(ports.clock, () => this.tryClaim());
		this.#backoff = new Backoff(ports.clock, () => this.tryClaim());
	}

	get inFlight(): number {
		return this.#underWay.inFlight;
	}

	/** Whether it matters when something is due. */
	get isOpen(): boolean {
		return this.#blockedUntil() === undefined;
	}

	/** Claims what is due now. */
	tryClaim(): void {
		if (this.#isClaiming) this.#again = true;
		else if (!this.#isBlocked()) {
			this.#isClaiming = true;
			this.#loop = this.#claimLoop();
		}
	}

	/** Closes and delivers what waits, whatever the conditions say, as soon as it may. */
	flush(): void {
		this.#claimer.flush();
		this.tryClaim();
	}

	/** To be called when the gate has changed its mind. */
	gateChanged(): void {
		this.#held = { at: 0, until: 0 };
		this.tryClaim();
	}

	/** To be called with what `append` returned: claims when a threshold is crossed, else sees to the timer. */
	appended(counters: Counters): void {
		if (counters.oldestAt === undefined || counters.state !== 'ACTIVE') return;
		const liveAt = this.#liveFirst?.appended(counters, this.#o.clock.now());
		if (liveAt !== undefined && !this.#claimer.hasRoom('backlog')) {
			this.due(liveAt);
			return;
		}
		const { conditions } = this.#config;
		const { count, sizeBytes, timeMs } = conditions;
		const { heldRows, heldBytes } = counters;
		// What is held for its key comes with the end of a delivery, here or in another process.
		const rows = counters.rows - heldRows;
		if (rows === 0) return;
		if (rows >= count || counters.bytes - heldBytes >= sizeBytes) this.tryClaim();
		else {
			// Where some are, the oldest may be one of them: for what came before this the timer is set already.
			const now = this.#o.clock.now();
			const firstAt = heldRows > 0 ? now : counters.oldestAt;
			this.#claimAt(Math.min(firstAt + timeMs, now + longestWaitMs(conditions)));
		}
	}

	/** To be called with what the store says is due next. */
	due(at: number | undefined): void {
		const now = this.#o.clock.now();
		if (this.#claimer.isFlushing || (at !== undefined && at <= now)) this.tryClaim();
		else if (at !== undefined) this.#claimAt(at);
	}

	/** Requests of batches that are under way, or about to be, are still to come: whoever stops the export stops them, too. */
	get isSending(): boolean {
		return this.#config.sink.asksPermits === true && !this.#underWay.isEmpty;
	}

	/** To be called with what the store says. What is under way ends; nothing is begun but where it is active. */
	stateIs(state: ExportState | undefined): void {
		this.#isStopped = state !== 'ACTIVE';
		this.#statesTold += 1;
	}

	/** Claims no more and aborts what is under way; resolves when that has ended. */
	async remove(): Promise<void> {
		this.#removed = true;
		this.#timer.cancel();
		this.#backoff.cancel();
		await Promise.all([this.#loop, ...this.#beside, this.#underWay.abort()]);
	}

	/** Until when nothing can be claimed; Infinity where something other than time ends that, and then calls `tryClaim`. */
	#blockedUntil(): number | undefined {
		const { sink } = this.#config;
		const isWaiting = this.#removed || this.#backoff.isPausing || !this.#claimer.hasRoom('live');
		if (isWaiting || sink.isReady?.() === false) return Number.POSITIVE_INFINITY;
		const now = this.#o.clock.now();
		// A clock that was put back would make it longer than it was meant.
		const heldUntil = now < this.#held.at ? 0 : this.#held.until;
		const closedUntil = this.#o.gate.closedUntil(this.exportId, sink.asksPermits) ?? 0;
		const until = Math.max(closedUntil, heldUntil);
		return until > now ? until : undefined;
	}

	/** Where it is, nothing but the end of that claims again. */
	#isBlocked(): boolean {
		const until = this.#blockedUntil();
		if (until !== undefined) this.#timer.set(until);
		return until !== undefined;
	}

	#claimAt(at: number): void {
		if (!this.#isBlocked()) this.#timer.advance(at);
	}

	async #claimLoop(): Promise<void> {
		try {
			do {
				this.#again = false;
				await this.#claimAll();
			} while (this.#again);
			await this.#planNext();
			this.#backoff.succeeded();
		} catch (error) {
			this.#storeFailed(error);
		} finally {
			this.#isClaiming = false;
			if (this.#again) this.tryClaim();
		}
	}

	async #claimAll(): Promise<void> {
		while (!this.#isBlocked() && (await this.#claimAndDeliver()));
	}

	/** @returns whether there was a batch */
	async #claimAndDeliver(): Promise<boolean> {
		const statesTold = this.#statesTold;
		const claimed = await this.#claimer.next();
		if (!claimed) return false;
		const { batch, share } = claimed;
		// The store gives batches of active exports alone; who was told something meanwhile knows better.
		if (statesTold === this.#statesTold) this.#isStopped = false;
		if (this.#removed) await this.#o.store().settle(batch.lease, { kind: 'release' });
		else this.#deliver(batch, share);
		return true;
	}

	/** While the loop waits for another one. Where it gave nothing or went wrong, the loop sees to what is next. */
	#claimBeside(): void {
		const one = this.#claimAndDeliver().then(
			(isFound) => {
				if (!isFound) this.tryClaim();
			},
			() => this.tryClaim(),
		);
		this.#beside.add(one);
		void one.then(() => this.#beside.delete(one));
	}

	async #planNext(): Promise<void> {
		if (this.#isBlocked()) return;
		if (!this.#claimer.hasRoom('backlog')) {
			// What else is due waits for the end of a delivery.
			const liveAt = this.#liveFirst?.dueAt;
			if (liveAt !== undefined) this.#claimAt(liveAt);
			return;
		}
		const at = (await this.#o.store().nextDue([this.exportId])).get(this.exportId);
		if (at === undefined) return;
		const now = this.#o.clock.now();
		// What is due and was not claimed waits for something other than time: do not spin.
		this.#claimAt(at <= now ? now + STUCK_RETRY_MS : at);
	}

	#deliver(batch: Batch, share: Share): void {
		const abort = new AbortController();
		const permit = (): Promise<Permit> => this.#permit(abort.signal, batch.id);
		const { gate } = this.#o;
		const judge: Gate['judge'] = async (ended) => (await gate.judge?.(ended)) ?? 'counts';
		const onSettling = ({ kind }: Outcome): void => {
			if (kind === 'ack') this.#claimBehind(batch.id);
		};
		const ports = { ...this.#o, abort, permit, judge, onSettling, isLive: share === 'live' };
		gate.began?.(this.exportId, batch.id, this.#config.sink.asksPermits);
		const done = deliverBatch(batch, this.#config, ports).then((report) => {
			this.#underWay.ended(batch.id);
			gate.ended?.(this.exportId, batch.id);
			this.#o.onAttempt(report);
			this.tryClaim();
		});
		this.#underWay.began(batch.id, { share, abort, done });
	}

	/** In the same transaction as what is settled: a commit less between two batches. Any other end is to be known before. */
	#claimBehind(batchId: string): void {
		if (!this.#o.store().isInOrder) return;
		this.#underWay.leaves(batchId);
		if (this.#isClaiming && this.#mayClaimBeside()) this.#claimBeside();
		else this.tryClaim();
	}

	/** Each free place has a claim of its own, so that one commit ends several batches and begins as many. */
	#mayClaimBeside(): boolean {
		if (this.#liveFirst || this.#blockedUntil() !== undefined) return false;
		return this.#o.gate.isFree(this.exportId, this.#config.sink.asksPermits);
	}

	async #permit(signal: AbortSignal, batchId: string): Promise<Permit> {
		const asked = await askPermit(this.#o.gate, this.exportId, signal, batchId);
		const isStopped = asked === 'granted' && this.#isStopped;
		// Due now: when it is active again nothing of it waits.
		const permit = isStopped ? { notBefore: this.#o.clock.now() } : asked;
		// What could not be sent is given back: claiming it again before then would go round in circles.
		if (typeof permit === 'object')
			this.#held = { at: this.#o.clock.now(), until: permit.notBefore };
		return permit;
	}

	#storeFailed(error: unknown): void {
		if (this.#removed) return;
		const pauseMs = this.#backoff.failed();
		const code = error instanceof CoreError ? error.code : 'unexpected error';
		const { exportId } = this;
		this.#o.logger.error(`buffer: cannot claim (${code}), next try in ${pauseMs} ms`, {
			code,
			exportId,
		});
	}
}
