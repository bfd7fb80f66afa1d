/** What was made over an API and is attached here, and by which definitions. */
import type { DocumentCondition } from '../buffer/documents';
import { fullExportId } from '../config';
import { exportsOfReceiver, requireOfApi } from '../definitions/api-definitions';
import type { DefinitionKind } from '../definitions/definition';
import type { BadDefinition } from '../definitions/list-definitions';
import type { AnyRead, Read } from '../definitions/read-definition';
import { openerOf, sealFault } from '../definitions/seal-secrets';
import { requireSecretRefs } from '../definitions/stored-receiver';
import { CoreError } from '../errors';
import type { Secrets, SecretsOptions } from '../secrets/open-secrets';
import type { Holder } from './attached-receiver';
import type { ExportPorts, ExportWithSink } from './attached-sink';
import type { Attachment } from './attachment';
import type { Pipeline } from './open-pipeline';
import type { ReceiverInput } from './parse-receiver';

/** What attaches them. */
export interface StoredPorts {
	readonly pipeline: Pick<Pipeline, 'store' | 'attachReceiver' | 'attachExport'>;
	/** Whoever serves the APIs; its `resolveSecret` knows the secrets of receivers. */
	readonly holder: Holder;
	/** What the sink of an export is given, such as the flow and its secrets. */
	readonly ports?: ((export_: Pick<ExportWithSink, 'config' | 'sink'>) => ExportPorts) | undefined;
	/** What secrets are sealed with, where the host has keys of its own; default: as `openSecrets` finds them. */
	readonly secretKeys?: Pick<SecretsOptions, 'keys' | 'environment'> | undefined;
	/** Hears of each definition that could not be attached; the others go on. */
	readonly report: (bad: BadDefinition) => void;
}

interface Held {
	/** Of the definitions it was attached by. */
	readonly fingerprint: string;
	readonly attachment: Attachment;
}

export class StoredAttachments {
	readonly #o: StoredPorts;
	readonly #secrets: Secrets;
	readonly #held = new Map<string, Held>();

	constructor(o: StoredPorts, secrets: Secrets) {
		this.#o = o;
		this.#secrets = secrets;
	}

	has(kind: DefinitionKind, id: string): boolean {
		return this.#held.has(nameOf(kind, id));
	}

	async close(): Promise<void> {
		await Promise.all([...this.#held.values()].map(({ attachment }) => attachment.detach()));
		this.#held.clear();
	}

	get #documents() {
		return this.#o.pipeline.store.documents;
	}

	async detachAllBut(wanted: ReadonlySet<string>): Promise<void> {
		for (const [name, { attachment }] of [...this.#held]) {
			if (wanted.has(name)) continue;
			this.#held.delete(name);
			await attachment.detach({ gone: true });
		}
	}

	/** @param by the definitions of one attachment, that of the receiver or lone export first */
	async attachUnlessHeld(
		by: readonly [AnyRead, ...AnyRead[]],
		attach: () => Promise<void>,
	): Promise<void> {
		const { kind, id } = by[0].definition;
		if (this.#held.get(nameOf(kind, id))?.fingerprint === this.#fingerprintOf(by)) return;
		try {
			await attach();
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			this.#o.report({ kind, id, error });
		}
	}

	async attachReceiver(
		config: ReceiverInput,
		exports: readonly ExportWithSink[],
		condition: DocumentCondition,
	): Promise<void> {
		const { pipeline, holder } = this.#o;
		requireSecretRefs(config);
		const given = exports.map((one) => this.#withPorts(one));
		const its = { ...config, origin: 'api' } as const;
		const openSecret = openerOf(this.#secrets, { kind: 'receiver', id: config.id });
		const attachment = pipeline.attachReceiver(its, given, { ...holder, openSecret }, condition);
		await this.#hold('receiver', config.id, attachment, () =>
			exportsOfReceiver(this.#documents, config.id),
		);
	}

	async attachExport(id: string, given: ExportWithSink): Promise<void> {
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
		const by = [
			await requireOfApi(this.#documents, kind, id, this.#o.holder.label),
			...(await others()),
		];
		this.#held.set(nameOf(kind, id), { attachment, fingerprint: this.#fingerprintOf(by) });
	}

	#withPorts(given: ExportWithSink): ExportWithSink {
		const id = fullExportId(given.config);
		const openSecret = openerOf(this.#secrets, { kind: 'export', id });
		const ports = { ...this.#o.ports?.(given), openSecret };
		return { ...given, ports, config: { ...given.config, origin: 'api' } };
	}

	/** As it is attached: by that revision and no other. One whose secrets cannot be opened keeps its rows, as one without a sink does. */
	readonly givenBy = ({ definition, revision }: Read<'export'>): ExportWithSink => {
		const { config, sink, removing } = definition;
		const isReadable = sealFault(this.#secrets, definition) === undefined;
		return { config, sink: isReadable ? sink : undefined, removing, ifRevision: revision };
	};

	/** Another one where what it was attached by has changed, or its secrets can be opened by now. */
	#fingerprintOf(by: readonly AnyRead[]): string {
		const parts = by.map(({ revision, definition }) => [
			definition.id,
			revision,
			sealFault(this.#secrets, definition)?.code,
		]);
		return JSON.stringify(parts);
	}
}

/** Of an attachment. */
export function nameOf(kind: DefinitionKind, id: string): string {
	return `${kind} ${id}`;
}

/** The references of its secrets are in the places of their texts; whoever attaches it resolves them. */
export function inputOf({ definition }: Read<'receiver'>): ReceiverInput {
	return definition.config as unknown as ReceiverInput;
}
