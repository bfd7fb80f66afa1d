import type { Counters, Store } from '../../buffer/store';
import { CoreError } from '../../errors';
import { describeThrown } from '../../describe-thrown';
import type { Cancel, Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/logger';
import { isConflict, type Replay, type ReplayCounts } from './replay-book';
import { stepReplay, type Stepped } from './replay-step';

/** Where enough waits: how soon it is looked at again. */
const WAIT_MS = 500;
/** After a failure of the store. */
const FAILED_MS = 5_000;
/** Where several processes share the store another one may have begun a replay of what is held here. */
const LOOK_EVERY_MS = 60_000;

/** A replay as it stands. */
export interface ReplayView extends ReplayCounts {
	/** Events in its range when it began. */
	readonly of: number;
	/** Why it waits for a person. */
	readonly stopped?: Replay['stopped'];
}

interface Running {
	isStopping: boolean;
	wake: () => void;
	view: ReplayView | undefined;
	done: Promise<void>;
}

interface ReplayerPorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly appended: (counters: readonly Counters[]) => void;
}

/**
 * Carries out the replays of the exports that are attached here, slice by slice: those that are begun, and those that a crash or a
 * redeploy has broken off. Processes of a shared store that have the same one in hand do each other no harm.
 */
export class Replayer {
	readonly #ports: ReplayerPorts;
	readonly #attached = new Set<string>();
	readonly #running = new Map<string, Running>();
	#look: Cancel | undefined;

	constructor(ports: ReplayerPorts) {
		this.#ports = ports;
	}

	/** The export takes rows from now on. */
	attach(exportId: string): void {
		this.#attached.add(exportId);
		this.begin(exportId);
		if (this.#ports.store().peers) this.#look ??= this.#plan();
	}

	/** Resolves when nothing more is appended here. */
	async detach(exportId: string): Promise<void> {
		this.#attached.delete(exportId);
		await this.#stop(exportId);
	}

	async close(): Promise<void> {
		this.#look?.();
		await Promise.all([...this.#attached].map((exportId) => this.detach(exportId)));
	}

	view(exportId: string): ReplayView | undefined {
		return this.#running.get(exportId)?.view;
	}

	/** Looks for a replay of an export, whose book was changed; resolves when none goes on by the former one. */
	async look(exportId: string): Promise<void> {
		await this.#stop(exportId);
		this.begin(exportId);
	}

	begin(exportId: string): void {
		if (!this.#attached.has(exportId) || this.#running.has(exportId)) return;
		const running: Running = {
			isStopping: false,
			wake: () => {},
			view: undefined,
			done: Promise.resolve(),
		};
		this.#running.set(exportId, running);
		running.done = this.#run(exportId, running);
	}

	async #stop(exportId: string): Promise<void> {
		const running = this.#running.get(exportId);
		if (!running) return;
		running.isStopping = true;
		running.wake();
		await running.done;
	}

	#plan(): Cancel {
		return this.#ports.clock.after(LOOK_EVERY_MS, () => {
			this.#look = this.#plan();
			// One that has stopped may have been let go on elsewhere.
			for (const exportId of this.#attached)
				if (this.view(exportId)?.stopped) void this.look(exportId);
				else this.begin(exportId);
		});
	}

	async #run(exportId: string, running: Running): Promise<void> {
		let hasFailed = false;
		while (!running.isStopping) {
			const stepped = await this.#step(exportId, hasFailed);
			hasFailed = stepped === 'failed';
			if (stepped === 'again') continue;
			if (stepped === 'failed') {
				await this.#pause(running, FAILED_MS);
				continue;
			}
			if (stepped.is === 'ended') break;
			running.view = viewOf(stepped.replay);
			if (stepped.is === 'stopped') return this.#waitToBeStopped(exportId, running);
			if (stepped.is === 'waiting') await this.#pause(running, WAIT_MS);
		}
		this.#running.delete(exportId);
	}

	/** It goes on being shown. */
	async #waitToBeStopped(exportId: string, running: Running): Promise<void> {
		while (!running.isStopping) await new Promise<void>((resolve) => (running.wake = resolve));
		this.#running.delete(exportId);
	}

	async #step(exportId: string, hasFailed: boolean): Promise<Stepped | 'again' | 'failed'> {
		const { store, clock, logger, appended } = this.#ports;
		try {
			const now = () => clock.now();
			const stepped = await stepReplay({ store: store(), now, appended }, exportId);
			tell(logger, exportId, stepped);
			return stepped;
		} catch (error) {
			if (isConflict(error)) return 'again';
			if (!hasFailed) {
				const code = error instanceof CoreError ? error.code : undefined;
				const why = describeThrown(error);
				logger.warn(`the replay of kept events waits and goes on: ${why}`, { exportId, code });
			}
			return 'failed';
		}
	}

	#pause(running: Running, ms: number): Promise<void> {
		return new Promise((resolve) => {
			const cancel = this.#ports.clock.after(ms, resolve);
			running.wake = () => {
				cancel();
				resolve();
			};
			if (running.isStopping) running.wake();
		});
	}
}

function viewOf({ counts, of, stopped }: Replay): ReplayView {
	return { ...counts, of, ...(stopped ? { stopped } : {}) };
}

function tell(logger: Logger, exportId: string, stepped: Stepped): void {
	const { replay } = stepped;
	if (!replay) return;
	const { counts, of } = replay;
	if (stepped.is === 'stopped') {
		const { code, message, eventId } = replay.stopped ?? {};
		const where = eventId === undefined ? '' : ` at event ${eventId}`;
		logger.warn(
			`the replay of kept events has stopped${where} and waits: ${message}. Change the mapping and replay the same time again, or purge what waits to end it`,
			{ exportId, code },
		);
	} else if (stepped.is === 'ended') {
		const { events, rows, leftOut, dead, unreadable } = counts;
		const why = stepped.why === undefined ? '' : `, since the buffer is ${stepped.why}`;
		logger.info(
			`the replay of kept events has ended${why}: ${events} of ${of} events, ${rows} rows, ${leftOut} left out, ${dead} put aside, ${unreadable} unreadable`,
			{ exportId },
		);
	}
}
