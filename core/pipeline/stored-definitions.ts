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
import { forgetKept } from '../definitions/forget-kept';
import { forgetDefinition } from '../definitions/forget-definition';
import { listDefinitions, type Listed } from '../definitions/list-definitions';
import { sealAllAgain, type SealedAgain } from '../definitions/seal-all-again';
import {
	listShown,
	openedDefinition,
	sealFault,
	sealReceiver,
	sealSink,
	shownDefinition,
} from '../definitions/seal-secrets';
import { readDefinition, type Read } from '../definitions/read-definition';
import { BufferError, ConfigError } from '../errors';
import { silentLogger } from '../runtime/logger';
import { openSecrets, type Secrets } from '../secrets/open-secrets';
import { requireNoReach, type ApiReach } from '../sink/api-reach';
import type { SinkConfig } from '../sink/create-sink';
import type { WithTexts } from '../sink/secret-ref';
import type { ExportWithSink } from './attached-sink';
import type { ReceiverInput } from './parse-receiver';
import { inputOf, nameOf, StoredAttachments, type StoredPorts } from './stored-attachments';

/** An export as an API gives it: secrets may be texts. */
export interface ApiExport extends Pick<ExportWithSink, 'config'> {
	readonly sink?: WithTexts<SinkConfig> | undefined;
}

/** Of a new export: how many its receiver or project may have, those of nodes among them. */
export interface AtMost {
	readonly atMost?: number | undefined;
}

/** Attaches what is defined. To be closed before its pipeline. @throws what the store says; a bad definition is reported instead */
export async function attachStored(o: StoredPorts): Promise<StoredDefinitions> {
	const stored = new StoredDefinitions(o);
	await stored.refresh();
	return stored;
}

export class StoredDefinitions {
	readonly #o: StoredPorts;
	readonly #attachments: StoredAttachments;
	readonly #secrets: Secrets;
	#last: Promise<unknown> = Promise.resolve();
	#isClosed = false;

	constructor(o: StoredPorts) {
		this.#o = o;
		const { store } = o.pipeline;
		this.#secrets = openSecrets({
			store,
			logger: o.holder.logger ?? silentLogger,
			...o.secretKeys,
		});
		this.#attachments = new StoredAttachments(o, this.#secrets);
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
	 * @param config its secrets are texts, which are sealed, references to those of the host, or the references by which `list` shows them
	 * @returns the revision of its definition
	 * @throws ConfigError; CoreError ERR_DEFINITION_HELD naming the node that has it; ERR_SECRET_KEY where its secrets cannot be sealed;
	 *   BufferError ERR_DOCUMENT_CONFLICT where its revision (0: there is none) is not `ifRevision`. Then nothing has changed
	 */
	putReceiver(config: ReceiverInput, condition: DocumentCondition = {}): Promise<number> {
		return this.#inTurn(async () => {
			const former = await readOfApi(this.#documents, 'receiver', config.id, this.#label);
			const sealed = sealReceiver(this.#secrets, config, former?.definition);
			const exports = await exportsOfReceiver(this.#documents, config.id);
			await this.#attachments.attachReceiver(
				sealed,
				exports.map(this.#attachments.givenBy),
				condition,
			);
			return (await this.#require('receiver', config.id)).revision;
		});
	}

	/**
	 * Makes or changes an export, of a receiver made over an API or of a project.
	 *
	 * @returns and @throws as putReceiver; ConfigError where there are `atMost` already
	 */
	putExport(
		{ config, sink: plain }: ApiExport,
		{ atMost, ...condition }: DocumentCondition & AtMost = {},
	): Promise<number> {
		const id = fullExportId(config);
		const { receiverId } = config;
		return this.#inTurn(async () => {
			requireNoReach(plain);
			const former = await readOfApi(this.#documents, 'export', id, this.#label);
			if (!former && atMost !== undefined) await this.#requireRoom(receiverId, atMost);
			const sink = plain && sealSink(this.#secrets, id, plain, former?.definition);
			const given = { config, sink, ...condition };
			if (projectOf(config) !== undefined) await this.#attachments.attachExport(id, given);
			else {
				const receiver = await requireReceiver(this.#documents, receiverId, this.#label);
				const exports = await exportsOfReceiver(this.#documents, receiverId);
				const others = exports.filter(({ definition }) => definition.id !== id);
				const ifRevision = receiver.revision;
				const all = [...others.map(this.#attachments.givenBy), given];
				await this.#attachments.attachReceiver(inputOf(receiver), all, { ifRevision });
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
			await forgetKept(this.#o.pipeline.store, id);
		});
	}

	/** What is defined, whoever has made it, with references in the places of secrets. */
	list<Kind extends DefinitionKind>(kind: Kind): Promise<Listed<Kind>> {
		return listShown(this.#documents, kind);
	}

	/** One of them; undefined where there is none. @throws BufferError as readDefinition */
	async find<Kind extends DefinitionKind>(kind: Kind, id: string): Promise<Read<Kind> | undefined> {
		const found = await readDefinition(this.#documents, kind, id);
		return found && { ...found, definition: shownDefinition(found.definition) };
	}

	/**
	 * A definition as it is now with the texts of what was sealed here, where they can be opened; references stay in the places of all other secrets. Undefined
	 * where there is none.
	 *
	 * @throws BufferError as readDefinition
	 */
	async reveal<Kind extends DefinitionKind>(
		kind: Kind,
		id: string,
	): Promise<Read<Kind> | undefined> {
		const found = await readDefinition(this.#documents, kind, id);
		return found && { ...found, definition: openedDefinition(this.#secrets, found.definition) };
	}

	/** What the sink of an export may reach, as whoever serves the API has listed it. */
	reachOf({ config }: Pick<ApiExport, 'config'>): ApiReach {
		return this.#o.ports?.({ config }).reach ?? {};
	}

	/** After a new key was put before the others: seals all secrets with it. @throws CoreError ERR_SECRET_KEY */
	sealAgain(): Promise<SealedAgain> {
		return this.#inTurn(async () => {
			const again = await sealAllAgain(this.#documents, this.#secrets);
			await this.#refresh();
			return again;
		});
	}

	/** Detaches all; the definitions stay. Idempotent. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#last;
		await this.#attachments.close();
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
		// Of receivers that cannot be attached; they deliver what they have.
		const alone = new Set<Read<'export'>>();
		for (const receiver of receivers.good) {
			const { id, config } = receiver.definition;
			if (config.origin !== 'api') continue;
			wanted.add(nameOf('receiver', id));
			const its = exports.good.filter((one) => belongsTo(one, id));
			await this.#attachments.attachUnlessHeld([receiver, ...its], () =>
				this.#attachments.attachReceiver(inputOf(receiver), its.map(this.#attachments.givenBy), {
					ifRevision: receiver.revision,
				}),
			);
			if (!this.#attachments.has('receiver', id)) its.forEach((one) => alone.add(one));
		}
		for (const one of exports.good) {
			const { id, config } = one.definition;
			if (config.origin !== 'api' || (await forgetDrained(this.#o.pipeline.store, one))) continue;
			this.#reportSecrets(one);
			if (standsAlone(one) || alone.has(one)) {
				wanted.add(nameOf('export', id));
				await this.#attachments.attachUnlessHeld([one], () =>
					this.#attachments.attachExport(id, this.#attachments.givenBy(one)),
				);
			} else if (!wanted.has(nameOf('receiver', config.receiverId))) {
				const expected = 'a receiver that was made over an API';
				const error = new ConfigError('receiverId', expected, config.receiverId);
				this.#o.report({ kind: 'export', id, error });
			}
		}
		await this.#attachments.detachAllBut(wanted);
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

	/** @throws ConfigError */
	async #requireRoom(receiverId: string, atMost: number): Promise<void> {
		const { good, bad } = await listDefinitions(this.#documents, 'export');
		const its = good.filter(({ definition }) => definition.config.receiverId === receiverId);
		const unreadable = bad.filter((one) => one.id.startsWith(`${receiverId}/`));
		const count = its.length + unreadable.length;
		if (count < atMost) return;
		const expected = `one that has fewer than ${atMost} exports: remove one that nobody needs`;
		throw new ConfigError('receiverId', expected);
	}

	#reportSecrets({ definition }: Read<'export'>): void {
		const { kind, id } = definition;
		const error = sealFault(this.#secrets, definition);
		if (error) this.#o.report({ kind, id, error });
	}

	#require<Kind extends DefinitionKind>(kind: Kind, id: string): Promise<Read<Kind>> {
		return requireOfApi(this.#documents, kind, id, this.#label);
	}
}
