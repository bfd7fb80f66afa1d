/**
 * Receivers and exports that were made over an API: the process that serves the APIs attaches them by their definitions, and changes
 * them. Each change goes the way of a node's (`attachReceiver`, `attachExport`); what is here finds what belongs together.
 */
import type { DocumentCondition } from '../buffer/documents';
import { fullExportId, projectOf } from '../config';
import {
	belongsTo,
	exportsOfReceiver,
	forgetDrained,
	forgetExport,
	readOfApi,
	requireOfApi,
	requireReceiver,
	standsAlone,
} from '../definitions/api-definitions';
import { requireRevision } from '../definitions/require-revision';
import type { DefinitionKind } from '../definitions/definition';
import { forgetDefinition } from '../definitions/forget-definition';
import { listDefinitions, type BadDefinition } from '../definitions/list-definitions';
import { requireSecretRefs } from '../definitions/stored-receiver';
import type { AnyRead, Read } from '../definitions/read-definition';
import { BufferError, ConfigError, CoreError } from '../errors';
import type { Holder } from './attached-receiver';
import type { ExportPorts, ExportWithSink } from './attached-sink';
import type { Pipeline } from './open-pipeline';
import type { ReceiverInput } from './parse-config';
import type { Attachment } from './attachment';

/** What attaches them. */
export interface StoredPorts {
	readonly pipeline: Pick<Pipeline, 'store' | 'attachReceiver' | 'attachExport'>;
	/** Whoever serves the APIs; its `resolveSecret` knows the secrets of receivers. */
	readonly holder: Holder;
	/** What the sink of an export is given, such as the flow and its secrets. */
	readonly ports?: ((export_: ApiExport) => ExportPorts) | undefined;
	/** Hears of each definition that could not be attached; the others go on. */
	readonly report: (bad: BadDefinition) => void;
}

/** An export as an API gives it. */
export type ApiExport = Pick<ExportWithSink, 'config' | 'sink'>;

interface Held {
	/** Of the definitions it was attached by. */
	readonly fingerprint: string;
	readonly attachment: Attachment;
}

/** Attaches what is defined. To be closed before its pipeline. @throws what the store says; a bad definition is reported instead */
export async function attachStored(o: StoredPorts): Promise<StoredDefinitions> {
	const stored = new StoredDefinitions(o);
	await stored.refresh();
	return stored;
}

export class StoredDefinitions {
	readonly #o: StoredPorts;
	readonly #held = new Map<string, Held>();
	#last: Promise<unknown> = Promise.resolve();
	#isClosed = false;

	constructor(o: StoredPorts) {
		this.#o = o;
	}

	/**
	 * Attaches what is new or changed and detaches what is no more: after a start, and when another process may have changed something.
	 * The rest goes on undisturbed.
	 */
	refresh(): Promise<void> {
		return this.#inTurn(() => this.#refresh());
	}

	/**
	 * Makes or changes a receiver; its exports stay.
	 *
	 * @param config with references in the places of secrets
	 * @returns the revision of its definition
	 * @throws ConfigError; CoreError ERR_DEFINITION_HELD naming the node that has it; BufferError ERR_DOCUMENT_CONFLICT where its revision
	 *   (0: there is none) is not `ifRevision`. Then nothing has changed
	 */
	putReceiver(config: ReceiverInput, condition: DocumentCondition = {}): Promise<number> {
		return this.#inTurn(async () => {
			await readOfApi(this.#documents, 'receiver', config.id, this.#label);
			const exports = await exportsOfReceiver(this.#documents, config.id);
			await this.#attachReceiver(config, exports.map(givenBy), condition);
			return (await this.#require('receiver', config.id)).revision;
		});
	}

	/**
	 * Makes or changes an export, of a receiver made over an API or of a project.
	 *
	 * @returns and @throws as putReceiver
	 */
	putExport({ config, sink }: ApiExport, condition: DocumentCondition = {}): Promise<number> {
		const id = fullExportId(config);
		const { receiverId } = config;
		return this.#inTurn(async () => {
			await readOfApi(this.#documents, 'export', id, this.#label);
			const given = { config, sink, ...condition };
			if (projectOf(config) !== undefined) await this.#attachExport(id, given);
			else {
				const receiver = await requireReceiver(this.#documents, receiverId, this.#label);
				const exports = await exportsOfReceiver(this.#documents, receiverId);
				const others = exports.filter(({ definition }) => definition.id !== id);
				const ifRevision = receiver.revision;
				const all = [...others.map(givenBy), given];
				await this.#attachReceiver(inputOf(receiver), all, { ifRevision });
			}
			return (await this.#require('export', id)).revision;
		});
	}

	/**
	 * Removes an export. `drain`: it takes nothing new and delivers what it has, then it is gone, also over restarts; `drop`: at once,
	 * with its rows.
	 *
	 * @throws BufferError ERR_EXPORT_UNKNOWN; else as putReceiver
	 */
	removeExport(
		id: string,
		how: 'drain' | 'drop',
		condition: DocumentCondition = {},
	): Promise<void> {
		return this.#inTurn(async () => {
			const export_ = await this.#require('export', id);
			requireRevision(export_.definition, export_.revision, condition);
			await this.#remove([export_], how, () => Promise.resolve());
		});
	}

	/** Removes a receiver with its exports, each as removeExport; requests get 404 from now on. @throws ERR_RECEIVER_UNKNOWN; as there */
	removeReceiver(
		id: string,
		how: 'drain' | 'drop',
		condition: DocumentCondition = {},
	): Promise<void> {
		return this.#inTurn(async () => {
			const receiver = await this.#require('receiver', id);
			requireRevision(receiver.definition, receiver.revision, condition);
			const { revision: ifRevision } = receiver;
			await this.#remove(await exportsOfReceiver(this.#documents, id), how, async () => {
				await forgetDefinition(this.#documents, { kind: 'receiver', id }, { ifRevision });
			});
			// Behind the last event that it takes.
			await this.#o.pipeline.store.forgetLatest(id);
		});
	}

	/** Detaches all; the definitions stay. Idempotent. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#last;
		await Promise.all([...this.#held.values()].map(({ attachment }) => attachment.detach()));
		this.#held.clear();
	}

	get #documents() {
		return this.#o.pipeline.store.documents;
	}

	get #label(): string {
		return this.#o.holder.label;
	}

	/** One change after the other: each reads what belongs to a receiver and attaches it whole. */
	#inTurn<T>(change: () => Promise<T>): Promise<T> {
		const done = this.#last.then(() => {
			if (this.#isClosed) throw new BufferError('ERR_STORE_UNAVAILABLE', 'the API is closing');
			return change();
		});
		this.#last = done.catch(() => {});
		return done;
	}

	async #refresh(): Promise<void> {
		const [receivers, exports] = await Promise.all([
			listDefinitions(this.#documents, 'receiver'),
			listDefinitions(this.#documents, 'export'),
		]);
		for (const bad of [...receivers.bad, ...exports.bad]) this.#o.report(bad);
		const wanted = new Set<string>();
		for (const receiver of receivers.good) {
			const { id, config } = receiver.definition;
			if (config.origin !== 'api') continue;
			wanted.add(nameOf('receiver', id));
			const its = exports.good.filter((one) => belongsTo(one, id));
			await this.#attachUnlessHeld([receiver, ...its], () =>
				this.#attachReceiver(inputOf(receiver), its.map(givenBy), {
					ifRevision: receiver.revision,
				}),
			);
		}
		for (const one of exports.good) {
			const { id, config } = one.definition;
			if (config.origin !== 'api' || (await forgetDrained(this.#o.pipeline.store, one))) continue;
			if (standsAlone(one)) {
				wanted.add(nameOf('export', id));
				await this.#attachUnlessHeld([one], () => this.#attachExport(id, givenBy(one)));
			} else if (!wanted.has(nameOf('receiver', config.receiverId))) {
				const expected = 'a receiver that was made over an API';
				const error = new ConfigError('receiverId', expected, config.receiverId);
				this.#o.report({ kind: 'export', id, error });
			}
		}
		await this.#detachAllBut(wanted);
	}

	async #detachAllBut(wanted: ReadonlySet<string>): Promise<void> {
		for (const [name, { attachment }] of [...this.#held]) {
			if (wanted.has(name)) continue;
			this.#held.delete(name);
			await attachment.detach({ gone: true });
		}
	}

	/** Definitions come first: after a crash, what is left without one is an orphan that keeps its rows. */
	async #remove(
		exports: readonly Read<'export'>[],
		how: 'drain' | 'drop',
		removeReceiver: () => Promise<void>,
	): Promise<void> {
		for (const one of exports) await forgetExport(this.#documents, one, how);
		await removeReceiver();
		await this.#refresh();
		if (how === 'drain') return;
		const { store } = this.#o.pipeline;
		for (const { definition } of exports) {
			if (await store.getExport(definition.id)) await store.removeExport(definition.id, 'drop');
		}
	}

	/** @param by the definitions of one attachment, that of the receiver or lone export first */
	async #attachUnlessHeld(
		by: readonly [AnyRead, ...AnyRead[]],
		attach: () => Promise<void>,
	): Promise<void> {
		const { kind, id } = by[0].definition;
		if (this.#held.get(nameOf(kind, id))?.fingerprint === fingerprintOf(by)) return;
		try {
			await attach();
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			this.#o.report({ kind, id, error });
		}
	}

	async #attachReceiver(
		config: ReceiverInput,
		exports: readonly ExportWithSink[],
		condition: DocumentCondition,
	): Promise<void> {
		const { pipeline, holder } = this.#o;
		requireSecretRefs(config.auth);
		const given = exports.map((one) => this.#withPorts(one));
		const its = { ...config, origin: 'api' } as const;
		const attachment = pipeline.attachReceiver(its, given, holder, condition);
		await this.#hold('receiver', config.id, attachment, () =>
			exportsOfReceiver(this.#documents, config.id),
		);
	}

	async #attachExport(id: string, given: ExportWithSink): Promise<void> {
		const attachment = this.#o.pipeline.attachExport(this.#withPorts(given), this.#o.holder);
		await this.#hold('export', id, attachment, () => Promise.resolve([]));
	}

	async #hold(
		kind: DefinitionKind,
		id: string,
		attachment: Attachment,
		others: () => Promise<readonly AnyRead[]>,
	): Promise<void> {
		try {
			await attachment.ready;
		} catch (error) {
			// What ran before goes on; a new one is not there at all.
			await attachment.detach({ gone: true });
			throw error;
		}
		const by = [await this.#require(kind, id), ...(await others())];
		this.#held.set(nameOf(kind, id), { attachment, fingerprint: fingerprintOf(by) });
	}

	#withPorts(given: ExportWithSink): ExportWithSink {
		const ports = this.#o.ports?.(given);
		return { ...given, ports, config: { ...given.config, origin: 'api' } };
	}

	#require<Kind extends DefinitionKind>(kind: Kind, id: string): Promise<Read<Kind>> {
		return requireOfApi(this.#documents, kind, id, this.#label);
	}
}

function nameOf(kind: DefinitionKind, id: string): string {
	return `${kind} ${id}`;
}

function fingerprintOf(by: readonly AnyRead[]): string {
	return JSON.stringify(by.map(({ revision, definition }) => [definition.id, revision]));
}

/** As it is attached: by that revision and no other. */
function givenBy({ definition, revision }: Read<'export'>): ExportWithSink {
	const { config, sink, removing } = definition;
	return { config, sink, removing, ifRevision: revision };
}

/** The references of its secrets are in the places of their texts; whoever attaches it resolves them. */
function inputOf({ definition }: Read<'receiver'>): ReceiverInput {
	return definition.config as unknown as ReceiverInput;
}
