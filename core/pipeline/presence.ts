/**
 * What each process holds of a store that several share, so that others know it: a document for each process, which counts as long as
 * the store says that the process lives. A document alone would outlive a killed process, a session alone cannot say what it is about.
 */
import { hostname } from 'node:os';
import { walkDocuments } from '../buffer/documents';
import type { Store } from '../buffer/store';
import { describeThrown } from '../describe-thrown';
import type { Logger } from '../runtime/logger';

/** Ids are the names of processes (`Peers.self`). */
export const PRESENCE = 'processes';

interface Present {
	readonly process: string;
	/** Full ids of exports whose batches it takes, and of those that it only adds to. */
	readonly takes: readonly string[];
	readonly adds: readonly string[];
}

/** An export that another process holds. */
export interface Elsewhere {
	/** For people. */
	readonly process: string;
	/** Whether any takes its batches. */
	readonly isTaken: boolean;
}

/** What the other living processes hold, by full id; undefined where no other one can have the store. */
export async function readElsewhere(
	store: Store,
): Promise<ReadonlyMap<string, Elsewhere> | undefined> {
	if (!store.peers) return undefined;
	const { self } = store.peers;
	const living = await store.peers.living();
	const held = new Map<string, Elsewhere>();
	for await (const found of walkDocuments(store.documents, PRESENCE)) {
		if ('damage' in found || found.id === self || !living.has(found.id)) continue;
		const { process, takes, adds } = found.value as Present;
		for (const id of takes) held.set(id, { process, isTaken: true });
		for (const id of adds) if (!held.has(id)) held.set(id, { process, isTaken: false });
	}
	return held;
}

interface PresencePorts {
	readonly store: () => Store;
	readonly logger: Logger;
	/** Full ids of what is held here, and whether it is taken. */
	readonly held: () => Iterable<readonly [exportId: string, isTaken: boolean]>;
}

/** Tells what this process holds, after each change; where that fails, or the store was opened anew, at the next look. */
export class Presence {
	readonly #ports: PresencePorts;
	#version = 0;
	#written: { readonly version: number; readonly self: string } | undefined;
	#writing: Promise<void> | undefined;
	#isClosed = false;

	constructor(ports: PresencePorts) {
		this.#ports = ports;
	}

	changed(): void {
		this.#version++;
		this.look();
	}

	/** From time to time. */
	look(): void {
		if (this.#isClosed || this.#version === 0 || this.#writing) return;
		this.#writing = this.#write().finally(() => (this.#writing = undefined));
	}

	/** Nothing is held any more. Waits for nothing: what the store does not take ends with the session. */
	close(): void {
		this.#isClosed = true;
		if (this.#version > 0) void this.#remove();
	}

	async #write(): Promise<void> {
		// What attaches a hundred exports in a row writes once.
		await Promise.resolve();
		for (let tries = 0; tries < 2 && !this.#isClosed; tries++) {
			try {
				const { peers, documents } = this.#ports.store();
				if (!peers) return;
				const { self } = peers;
				const former = this.#written;
				const version = this.#version;
				if (former?.version === version && former.self === self) return;
				await documents.put(PRESENCE, self, this.#present());
				this.#written = { version, self };
				if (former?.self !== self) await this.#removeGone(self, former?.self);
			} catch (error) {
				this.#ports.logger.debug(
					`the store does not take what is held here: ${describeThrown(error)}`,
				);
				return;
			}
		}
	}

	#present(): Present {
		const held = [...this.#ports.held()];
		const ids = (wanted: boolean) =>
			held.filter(([, isTaken]) => isTaken === wanted).map(([id]) => id);
		return { process: `${process.pid} on ${hostname()}`, takes: ids(true), adds: ids(false) };
	}

	/** Of processes that ended without a word, and of what this one was before. */
	async #removeGone(self: string, former: string | undefined): Promise<void> {
		const { peers, documents } = this.#ports.store();
		const living = (await peers?.living()) ?? new Set<string>();
		for await (const { id } of walkDocuments(documents, PRESENCE))
			if (id !== self && (id === former || !living.has(id))) await documents.remove(PRESENCE, id);
	}

	async #remove(): Promise<void> {
		try {
			const { peers, documents } = this.#ports.store();
			if (peers) await documents.remove(PRESENCE, peers.self);
		} catch {
			// The next process that comes removes it.
		}
	}
}
