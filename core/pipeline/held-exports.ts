import type { Counters, Store } from '../buffer/store';
import type { DefinitionChange } from '../definitions/define';
import { exportDefinition } from '../definitions/make-definition';
import type { Flusher } from '../delivery/flusher';
import { ConfigError } from '../errors';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import type { AttachedExport } from './attached-export';
import type { ExportWithSink } from './attached-sink';
import type { Holder } from './attached-receiver';
import type { DefinitionQueue } from './definition-queue';
import type { Observers } from './observers';
import { Presence } from './presence';
import { ProjectExports } from './project-exports';
import { registerExport } from './register-export';
import { Replayer } from './replays/replayer';

/** How exports come into the place of others. */
interface Change {
	readonly changes: readonly DefinitionChange[];
	/** Those of the receiver before. */
	readonly former: readonly AttachedExport[];
	/** Called once the definitions are put. */
	place(): void;
	/** Detached meanwhile. */
	isGone(): boolean;
}

interface HeldExportsPorts {
	readonly store: () => Store;
	readonly logger: Logger;
	readonly flusher: Flusher;
	readonly definitions: DefinitionQueue;
	readonly observers: Pick<Observers, 'attach' | 'detach' | 'leftOut'>;
	readonly clock: Clock;
	/** Hears of what a replay has appended. */
	readonly appended: (counters: readonly Counters[]) => void;
}

export interface HeldOne {
	readonly export_: AttachedExport;
	readonly holder: Holder;
	/** Resolves when the store knows it. */
	readonly ready: Promise<void>;
}

/** The exports that a pipeline holds: how they come, replace others and go. */
export class HeldExports {
	readonly projects = new ProjectExports();
	readonly replays: Replayer;
	readonly #held = new Map<string, HeldOne>();
	readonly #ports: HeldExportsPorts;
	readonly #presence: Presence;

	constructor(ports: HeldExportsPorts) {
		this.#ports = ports;
		this.replays = new Replayer(ports);
		this.#presence = new Presence({ ...ports, held: () => this.#taken() });
	}

	get(exportId: string): HeldOne | undefined {
		return this.#held.get(exportId);
	}

	all(): readonly (readonly [id: string, one: HeldOne])[] {
		return [...this.#held];
	}

	async close(): Promise<void> {
		const held = [...this.#held.values()].map(({ export_ }) => export_);
		this.#held.clear();
		await this.replays.close();
		await Promise.all(held.map(({ id }) => this.#ports.observers.detach(id)));
		await Promise.all(held.map(({ sink }) => sink?.close?.()));
		this.#presence.close();
	}

	/** Makes sure that other processes know what is held here. */
	tellOthers(): void {
		this.#presence.look();
	}

	*#taken(): Generator<readonly [exportId: string, isTaken: boolean]> {
		for (const [id, { export_ }] of this.#held) yield [id, export_.sink !== undefined];
	}

	/** @returns when the store knows them and their deliveries run; rejects with what the store said */
	attach(exports: readonly AttachedExport[], holder: Holder, change: Change): Promise<void> {
		const attached = this.#attach(exports, holder, change);
		// Whoever attaches hears of a failure through `ready`; one that does not listen must not end the process.
		attached.catch(() => {});
		return attached;
	}

	/** Those of them that are still held: what came into their place stays. */
	async detach(exports: readonly AttachedExport[]): Promise<void> {
		const held = exports.filter((export_) => this.#held.get(export_.id)?.export_ === export_);
		for (const { id } of held) this.#held.delete(id);
		this.#presence.changed();
		this.#ports.definitions.detached(held.map(({ id }) => ({ kind: 'export', id })));
		await Promise.all(held.map(({ id }) => this.#stop(id)));
		await Promise.all(held.map(({ sink }) => sink?.close?.()));
	}

	async #stop(exportId: string): Promise<void> {
		await this.replays.detach(exportId);
		await this.#ports.flusher.remove(exportId);
		await this.#ports.observers.detach(exportId);
	}

	/** Former exports stop first, so that a batch is never with the old and the new sink at once. */
	async #attach(
		exports: readonly AttachedExport[],
		holder: Holder,
		{ changes, former, place, isGone }: Change,
	): Promise<void> {
		const defined = this.#ports.definitions.put(changes);
		let begin: () => void = () => {};
		const stopped = new Promise<void>((resolve) => (begin = resolve));
		const ready = defined
			.then(() => stopped)
			.then(async () => {
				for (const export_ of exports) {
					await registerExport(this.#ports.store(), export_);
					if (export_.config.filter) await this.#ports.observers.leftOut.load(export_.id);
				}
			});
		ready.catch(() => {});
		const take = (export_: AttachedExport): void => {
			this.#held.set(export_.id, { export_, holder, ready });
			this.#presence.changed();
			this.projects.add(export_, ready);
		};
		// Those that nobody has are taken at once: another holder is refused, and what comes for them waits.
		for (const export_ of exports) if (!this.#held.has(export_.id)) take(export_);
		await defined;
		if (!isGone()) {
			place();
			const others = exports.map(({ id }) => this.#held.get(id)?.export_);
			for (const export_ of exports) take(export_);
			for (const old of new Set([...former, ...others])) {
				if (!old || exports.includes(old)) continue;
				await this.#stop(old.id);
				if (exports.every(({ sink }) => sink !== old.sink)) await old.sink?.close?.();
				// One that its receiver has no more.
				if (this.#held.get(old.id)?.export_ === old) this.#held.delete(old.id);
			}
			this.#presence.changed();
		}
		begin();
		await ready;
		if (isGone()) return;
		for (const export_ of exports) {
			if (this.#held.get(export_.id)?.export_ !== export_ || !export_.sink) continue;
			const { retry, conditions, maxInFlight, liveFirst } = export_.config;
			await this.#ports.observers.attach(export_);
			if (this.#held.get(export_.id)?.export_ !== export_) continue;
			const lane = { sink: export_.sink, retry, conditions, maxInFlight, liveFirst };
			this.#ports.flusher.add(export_.id, lane);
			export_.sink.start?.();
			this.replays.attach(export_.id);
		}
		await this.#ports.definitions.attached(changes);
	}
}

/** @throws ConfigError naming both labels */
export function checkHolder(
	former: { holder: Holder; detached?: boolean } | undefined,
	id: string,
	holder: Holder,
): void {
	if (!former || former.detached || former.holder.key === holder.key) return;
	throw new ConfigError(
		'id',
		`an id of its own: "${id}" is held by "${former.holder.label}" and asked for by "${holder.label}"`,
	);
}

/** What the definition of an export becomes. */
export function changeOf(
	{ sink, removing, ifRevision }: ExportWithSink,
	export_: AttachedExport,
	holder: Holder,
): DefinitionChange {
	return {
		definition: exportDefinition(export_.config, holder, { sink, removing }),
		...(ifRevision === undefined ? {} : { ifRevision }),
	};
}
