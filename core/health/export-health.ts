import { WRITE_BEHIND_MS, WriteBehind } from '../buffer/write-behind';
import type { Documents } from '../buffer/documents';
import type { Clock } from '../runtime/clock';
import { probePauseMs } from './breaker';
import { ClockJumps } from './clock-jumps';
import {
	afterRequest,
	givesUpAt,
	HEALTH_COLLECTION,
	mergeHealth,
	movedBy,
	readHealth,
	restarted,
	takenUp,
	warningDue,
	type GivenUp,
	type HealthRequest,
	type HealthState,
} from './health-state';
import type { Health } from './resolve-health';

/** While all is well it is written this often that it is, for other processes to which the destination looks dead. */
const SUCCESS_EVERY_MS = 600_000;

/** What has happened to a destination, once for each time. */
export type HealthChange =
	| { readonly kind: 'failing' | 'recovered'; readonly state: HealthState }
	| {
			readonly kind: 'willGiveUp';
			readonly state: HealthState;
			readonly percent: number;
			/** Milliseconds since the Unix epoch. */
			readonly at: number;
	  }
	| { readonly kind: 'givenUp'; readonly state: HealthState };

export interface ExportHealthPorts {
	readonly documents: () => Documents;
	readonly clock: Clock;
	readonly health: Health;
	/** Names this process. */
	readonly by: string;
	/** Whether the store says so now. */
	readonly isActive: () => Promise<boolean>;
	/** The gate may answer otherwise. */
	readonly onGate: () => void;
	readonly onChange: (change: HealthChange) => void;
	/** Keeping it failed: the first of a series. */
	readonly onError: (error: unknown) => void;
}

/** `idle`: none is due or on its way. */
type Probe = 'idle' | 'asking' | 'granted' | 'running';

/** The health of one export: its state in memory, written behind, and at once where other processes should know. */
export class ExportHealth {
	readonly #exportId: string;
	readonly #ports: ExportHealthPorts;
	readonly #kept: WriteBehind;
	#state: HealthState = {};
	#probe: Probe = 'idle';
	/** The batch that is the probe; undefined: one of its requests, whose batch is not known. */
	#probeOf: string | undefined;
	#refreshing: Promise<void> | undefined;
	#refreshAgain = false;
	#askedOthersAt = Number.NEGATIVE_INFINITY;
	#successWrittenAt = 0;
	readonly #jumps: ClockJumps;

	constructor(exportId: string, ports: ExportHealthPorts) {
		this.#exportId = exportId;
		this.#ports = ports;
		const { clock, onError } = ports;
		this.#jumps = new ClockJumps(clock);
		this.#kept = new WriteBehind({
			documents: ports.documents(),
			clock,
			collection: HEALTH_COLLECTION,
			id: exportId,
			read: () => ({ ...this.#state, seenAt: clock.now() }),
			merge: (_mine, theirs) => this.#adopt(theirs),
			onError,
		});
	}

	get state(): HealthState {
		return this.#state;
	}

	get health(): Health {
		return this.#ports.health;
	}

	/** To begin with. What cannot be read is as if nothing had been kept: deliveries go on without it. */
	async load(): Promise<void> {
		try {
			const kept = readHealth(await this.#kept.load());
			const state = takenUp(kept, this.#ports.clock.now());
			this.#adopt(state);
			// Else what is read again would still have it as it was.
			if (state.failingSince !== kept.failingSince) this.#set(this.#state, { now: true });
		} catch (error) {
			this.#ports.onError(error);
		}
	}

	/** Undefined: nothing holds up a request. */
	closedUntil(now: number): number | undefined {
		this.#keepTime();
		const { breaker } = this.#state;
		if (!breaker || this.#probe === 'granted') return undefined;
		if (this.#probe !== 'idle') return Number.POSITIVE_INFINITY;
		if (now < breaker.nextProbeAt) return breaker.nextProbeAt;
		void this.#askForProbe(now);
		return Number.POSITIVE_INFINITY;
	}

	/** A request or a batch is about to leave. */
	began(batchId?: string): void {
		if (this.#state.givenUp && batchId !== undefined) void this.#restartIfActive();
		if (!this.#state.breaker || this.#probe !== 'granted') return;
		this.#probe = 'running';
		this.#probeOf = batchId;
	}

	/** A probe that made no request is still to be made. */
	ended(batchId: string): void {
		if (!this.isProbe(batchId)) return;
		this.#probe = this.#state.breaker ? 'granted' : 'idle';
		this.#ports.onGate();
	}

	/** Whether the request that decides over the breaker is of this batch. */
	isProbe(batchId: string): boolean {
		return this.#probe === 'running' && (this.#probeOf ?? batchId) === batchId;
	}

	record(request: HealthRequest, batchId: string): void {
		this.#keepTime();
		const { health, by } = this.#ports;
		const before = this.#state;
		const isProbe = this.isProbe(batchId);
		const state = afterRequest(before, request, { health, by, isProbe });
		if (isProbe || !state.breaker) this.#probe = 'idle';
		const isTurn = before.breaker !== state.breaker;
		const isQuiet = request.ok && before.failingSince === undefined && !isTurn;
		if (isQuiet && request.at - this.#successWrittenAt < SUCCESS_EVERY_MS) {
			this.#state = state;
			return;
		}
		if (request.ok) this.#successWrittenAt = request.at;
		this.#set(state, { now: isTurn || (request.ok && before.failingSince !== undefined) });
		this.#warn(request.at);
		if (!request.ok && before.failingSince === undefined) this.#askOthers(request.at);
	}

	/** Resolves when what others have seen of it is known, where they were asked. Throws nothing. */
	async othersHeard(): Promise<void> {
		await this.#refreshing;
	}

	/** Whether nothing was taken for as long as may be; asks the other processes of the store first. */
	async shouldGiveUp(now: number): Promise<boolean> {
		this.#keepTime();
		const isDue = (): boolean => (givesUpAt(this.#state, this.health) ?? Infinity) <= now;
		if (!isDue() || this.#state.givenUp) return false;
		await this.#kept.flush();
		return isDue();
	}

	giveUp(givenUp: GivenUp): void {
		this.#set({ ...this.#state, givenUp }, { now: true });
	}

	/** Reads what others have written: that somebody has set it active, a probe of another process. Throws nothing. */
	async refresh(): Promise<void> {
		const isQuiet = this.#state.failingSince === undefined && !this.#state.givenUp;
		if (isQuiet) return;
		this.#refreshAgain = true;
		this.#refreshing ??= this.#readOthers().finally(() => (this.#refreshing = undefined));
		await this.#refreshing;
	}

	close(): Promise<void> {
		// Until now it was watched: whoever takes it up goes on from here.
		if (this.#state.failingSince !== undefined) this.#kept.touch();
		return this.#kept.close();
	}

	/** A clock that was moved makes nothing fail for longer, and no pause longer. */
	#keepTime(): void {
		const jumpMs = this.#jumps.take();
		if (jumpMs === 0) return;
		this.#askedOthersAt += jumpMs;
		this.#successWrittenAt += jumpMs;
		this.#set(movedBy(this.#state, jumpMs), { now: true });
	}

	async #readOthers(): Promise<void> {
		while (this.#refreshAgain) {
			this.#refreshAgain = false;
			try {
				const found = await this.#ports.documents().get(HEALTH_COLLECTION, this.#exportId);
				if (found) this.#adopt(found.value);
			} catch {
				// The store says so elsewhere, and what is written next merges.
			}
		}
	}

	/** As long as nothing failed here what others write is not read: at the first failure they may know for long that nobody answers. */
	#askOthers(now: number): void {
		if (now - this.#askedOthersAt < WRITE_BEHIND_MS) return;
		this.#askedOthersAt = now;
		void this.refresh();
	}

	/** A batch of an active export has left: somebody has set it active again (D54). One that was claimed before it was given up says nothing. */
	async #restartIfActive(): Promise<void> {
		const isActive = await this.#ports.isActive().catch(() => false);
		if (isActive && this.#state.givenUp) this.#set(restarted(this.#state), { now: true });
	}

	#adopt(theirs: unknown): HealthState {
		const before = this.#state;
		const now = this.#ports.clock.now();
		const merged = mergeHealth(before, readHealth(theirs), now);
		// Two that ask at the same instant plan the same one: who may make it is whom the document names.
		const isPlanned =
			merged.breaker?.nextProbeAt === before.breaker?.nextProbeAt &&
			merged.prober === before.prober;
		if (!isPlanned && this.#probe !== 'running') this.#probe = 'idle';
		this.#tell(before, merged);
		return merged;
	}

	#set(state: HealthState, o: { readonly now: boolean }): void {
		this.#tell(this.#state, state);
		this.#kept.touch();
		if (o.now) void this.#kept.flush();
	}

	#tell(before: HealthState, state: HealthState): void {
		this.#state = state;
		const { onChange, onGate } = this.#ports;
		if (!before.breaker !== !state.breaker)
			onChange({ kind: state.breaker ? 'failing' : 'recovered', state });
		if (state.givenUp && !before.givenUp) onChange({ kind: 'givenUp', state });
		if (before.breaker?.nextProbeAt !== state.breaker?.nextProbeAt) onGate();
	}

	#warn(now: number): void {
		const percent = warningDue(this.#state, this.health, now);
		if (percent === undefined || percent === this.#state.warned) return;
		const at = givesUpAt(this.#state, this.health) ?? now;
		this.#set({ ...this.#state, warned: percent }, { now: true });
		// At the end it is given up, and that is what is said.
		if (at > now) this.#ports.onChange({ kind: 'willGiveUp', state: this.#state, percent, at });
	}

	/** One process at a time: whoever writes first makes the probe, the others wait for the next one. */
	async #askForProbe(now: number): Promise<void> {
		const { breaker } = this.#state;
		if (!breaker) return;
		this.#probe = 'asking';
		const nextProbeAt = now + probePauseMs(breaker.probes);
		const { by } = this.#ports;
		// No change of the breaker: what another process has seen of it meanwhile counts.
		this.#state = { ...this.#state, breaker: { ...breaker, nextProbeAt }, prober: by };
		this.#kept.touch();
		await this.#kept.flush();
		if (this.#state.breaker && this.#probe === 'asking') this.#probe = 'granted';
		this.#ports.onGate();
	}
}
