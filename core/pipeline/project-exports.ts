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
	 * Everything that an event of a receiver is offered to: its own exports, then those of its project. Waits until the store knows them.
	 *
	 * @throws BufferError (ERR_EXPORT_UNKNOWN) where there is none; what the store said of an export where trying again may help: the
	 *   event would be missing there otherwise. An export that cannot work keeps nobody else from going on.
	 */
	async of({ config, exports, ready }: AttachedReceiver): Promise<readonly AttachedExport[]> {
		await ready;
		const { project = DEFAULT_PROJECT } = config;
		const ofProject: AttachedExport[] = [];
		for (const one of this.#byProject.get(project) ?? NONE) {
			one.isKnown ??= await isKnown(one.ready);
			if (one.isKnown) ofProject.push(one.export_);
		}
		if (exports.length + ofProject.length === 0)
			throw new BufferError('ERR_EXPORT_UNKNOWN', 'this receiver has no buffer; add one to it');
		return ofProject.length === 0 ? exports : [...exports, ...ofProject];
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

async function isKnown(ready: Promise<void>): Promise<boolean> {
	try {
		await ready;
		return true;
	} catch (error) {
		if (error instanceof CoreError && !error.retryable) return false;
		throw error;
	}
}
