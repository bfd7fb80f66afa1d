import { DEFAULT_PROJECT, projectOf } from '../config';
import { BufferError, CoreError } from '../errors';
import type { AttachedExport } from './attached-export';
import type { AttachedReceiver } from './attached-receiver';

interface Offered {
	readonly export_: AttachedExport;
	/** Resolves when the store knows it. */
	readonly ready: Promise<void>;
	/** What came of `ready`, once it is known: it need not be waited for again. */
	isKnown?: boolean;
}

const NONE: readonly Offered[] = [];

/**
 * The exports that belong to a project and are fed by all of its receivers (D2). They come and go in any order with the receivers; a
 * project that nobody has is an empty one.
 */
export class ProjectExports {
	readonly #offered = new Map<string, Offered>();
	/** The same by project, made anew with each change, so that a request only looks them up. */
	#byProject: ReadonlyMap<string | undefined, readonly Offered[]> = new Map();
	/** What has made a receiver ready: no request need wait for it again. */
	readonly #known = new WeakSet<Promise<void>>();

	/** Takes an export of a project, or the newer form of one; any other is none of its business. */
	add(export_: AttachedExport, ready: Promise<void>): void {
		if (projectOf(export_.config) === undefined) return;
		if (export_.isDraining) this.#offered.delete(export_.id);
		else this.#offered.set(export_.id, { export_, ready });
		this.#group();
	}

	/**
	 * The export's node is gone for good. One that is merely redeployed is not taken out: what its project accepts meanwhile waits for
	 * it in the store.
	 */
	remove(export_: AttachedExport): void {
		if (this.#offered.get(export_.id)?.export_ !== export_) return;
		this.#offered.delete(export_.id);
		this.#group();
	}

	/**
	 * Everything that an event of a receiver is offered to: its own exports, then those of its project; at once where the store is known
	 * to know them. Throws or rejects with BufferError (ERR_EXPORT_UNKNOWN) where there is none, and with what the store said of an
	 * export where trying again may help: the event would be missing there otherwise. An export that cannot work keeps nobody else
	 * from going on.
	 */
	of(receiver: AttachedReceiver): readonly AttachedExport[] | Promise<readonly AttachedExport[]> {
		const ofProject = this.#offeredTo(receiver);
		const isSettled =
			this.#known.has(receiver.ready) && ofProject.every(({ isKnown }) => isKnown !== undefined);
		return isSettled ? allOf(receiver.exports, ofProject) : this.#wait(receiver);
	}

	async #wait(receiver: AttachedReceiver): Promise<readonly AttachedExport[]> {
		const { ready } = receiver;
		await ready;
		this.#known.add(ready);
		const ofProject = this.#offeredTo(receiver);
		for (const one of ofProject) one.isKnown ??= await isKnown(one.ready);
		return allOf(receiver.exports, ofProject);
	}

	#offeredTo({ config }: AttachedReceiver): readonly Offered[] {
		return this.#byProject.get(config.project ?? DEFAULT_PROJECT) ?? NONE;
	}

	#group(): void {
		const groups = new Map<string | undefined, Offered[]>();
		for (const one of this.#offered.values()) {
			const project = projectOf(one.export_.config);
			groups.set(project, [...(groups.get(project) ?? []), one]);
		}
		this.#byProject = groups;
	}
}

/** @throws BufferError ERR_EXPORT_UNKNOWN where there is none */
function allOf(
	own: readonly AttachedExport[],
	ofProject: readonly Offered[],
): readonly AttachedExport[] {
	const others = ofProject.filter(({ isKnown }) => isKnown);
	if (own.length + others.length === 0)
		throw new BufferError('ERR_EXPORT_UNKNOWN', 'this receiver has no buffer; add one to it');
	return others.length === 0 ? own : [...own, ...others.map(({ export_ }) => export_)];
}

async function isKnown(ready: Promise<void>): Promise<boolean> {
	try {
		await ready;
		return true;
	} catch (error) {
		if (error instanceof CoreError && !error.retryable) return false;
		throw error;
	}
}
