/**
 * Definitions: what receivers and exports are, as documents of the store. The definition decides; what the store knows of an export
 * (`putExport`) is derived from it.
 *
 * 1. A change is validated, put, attached, in this order, by one function (`PipelineCore.attachReceiver`, `attachExport`), whoever asks.
 *    A crash between put and attach leaves a definition that the next start attaches by; nothing else has to be mended.
 * 2. What did not change is not written: compared as canonical JSON.
 * 3. Who has made a definition owns it (`config.origin`): those of nodes are read-only for APIs and the other way round.
 * 4. No definition holds a secret: secrets are references, and those of nodes are not in it at all.
 * 5. One of a newer format is refused and left as it is.
 * 6. A definition whose node is gone stays, with the rows of its exports, until somebody removes it (decision 11). That of a receiver
 *    goes with the last of its exports that is removed by name.
 *
 * Of two processes that change one definition at the same time, the store lets one be first (`ifRevision`): the other looks again.
 */
import type { ExportConfig, Origin, ReceiverConfig } from '../config';
import type { SinkConfig } from '../sink/create-sink';

/** Of the documents below; a release that changes their shape raises it. */
export const DEFINITION_FORMAT = 1;

/** Collections of documents; ids are those of the receiver, and full ids of exports. */
export const DEFINED = {
	receiver: 'definitions.receivers',
	export: 'definitions.exports',
} as const;

export type DefinitionKind = keyof typeof DEFINED;

interface Definition {
	readonly format: typeof DEFINITION_FORMAT;
	readonly id: string;
	/** Who has it: the key is the identity, such as a node's id, the label is for people. */
	readonly holder: { readonly key: string; readonly label: string };
}

export interface ReceiverDefinition extends Definition {
	readonly kind: 'receiver';
	readonly config: StoredReceiverConfig;
}

/** Authentication without secrets: their references, or nothing at all where a node has them. */
export interface StoredReceiverConfig extends Omit<ReceiverConfig, 'auth'> {
	readonly auth: readonly StoredAuth[];
	readonly origin: Origin;
}

export type StoredAuth = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface ExportDefinition extends Definition {
	readonly kind: 'export';
	readonly config: ExportConfig;
	/** Absent until somebody attaches it with one. */
	readonly sink?: SinkConfig;
	/** It takes no new rows and goes when it is empty. */
	readonly removing?: 'drain';
}

export type AnyDefinition = ReceiverDefinition | ExportDefinition;

/** The definition of a kind. */
export type DefinitionOf<Kind extends DefinitionKind> = Extract<AnyDefinition, { kind: Kind }>;
