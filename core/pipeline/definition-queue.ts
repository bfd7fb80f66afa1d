import type { Documents } from '../buffer/documents';
import { define, type DefinitionChange } from '../definitions/define';
import { markAttached, MARK_EVERY_MS, type AttachedName } from '../definitions/last-attached';
import { describeThrown } from '../describe-thrown';
import type { Cancel, Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';

interface QueuePorts {
	readonly documents: () => Documents;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * Writes what a pipeline attaches to the definitions of its store, one change after the other: of two for the same receiver the one
 * that was asked for last is what counts. And says every day what is still attached.
 */
export class DefinitionQueue {
	readonly #ports: QueuePorts;
	#last: Promise<void> = Promise.resolve();
	readonly #attached = new Map<string, { name: AttachedName; holder: string }>();
	#cancel: Cancel | undefined;

	constructor(ports: QueuePorts) {
		this.#ports = ports;
	}

	/** @throws as define */
	put(changes: readonly DefinitionChange[]): Promise<void> {
		const done = this.#last.then(() => define(this.#ports.documents(), changes));
		this.#last = done.catch(() => {});
		return done;
	}

	/** These are attached from now on. Never rejects: what is attached works without it. */
	async attached(changes: readonly DefinitionChange[]): Promise<void> {
		for (const { definition } of changes) {
			const { kind, id, holder } = definition;
			this.#attached.set(keyOf({ kind, id }), { name: { kind, id }, holder: holder.key });
		}
		await this.#mark(changes.map(({ definition }) => definition));
		this.#cancel ??= this.#ports.clock.after(MARK_EVERY_MS, () => this.#markAgain());
	}

	detached(names: readonly AttachedName[]): void {
		for (const name of names) this.#attached.delete(keyOf(name));
	}

	close(): void {
		this.#attached.clear();
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#markAgain(): void {
		this.#cancel = undefined;
		if (this.#attached.size === 0) return;
		void this.#mark([...this.#attached.values()].map(({ name }) => name));
		this.#cancel = this.#ports.clock.after(MARK_EVERY_MS, () => this.#markAgain());
	}

	async #mark(names: readonly AttachedName[]): Promise<void> {
		const at = this.#ports.clock.now();
		try {
			await Promise.all(
				names.map(async (name) => {
					const holder = this.#attached.get(keyOf(name))?.holder;
					if (holder !== undefined)
						await markAttached(this.#ports.documents(), name, { at, holder });
				}),
			);
		} catch (error) {
			const message = `the store does not take when nodes were attached last: ${describeThrown(error)}`;
			this.#ports.logger.debug(message);
		}
	}
}

function keyOf({ kind, id }: AttachedName): string {
	return `${kind} ${id}`;
}
