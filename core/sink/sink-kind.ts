/**
 * A kind of sink, which makes a sink of plain data. To add one: a file that exports its `SinkKind`, a line in `create-sink.ts`, and a
 * run of `test/conformance/sink-suite.ts`; the sink itself is described in `sink.ts`.
 */
import type { ExportConfig, Output } from '../config';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import type { Exchange } from './exchange';
import type { FilesNow } from './files/files-now';
import type { FlowPorts } from './flow';
import type { Transport } from './http/transport';
import type { Resolved, SecretFields, SecretSources } from './secret-ref';
import type { Sink } from './sink';
import type { ResolveDatabase } from './table/open-database';

/** How the rows of an export are to leave. */
export type DeliveryRules = Partial<Pick<ExportConfig, 'order' | 'maxInFlight'>>;

/** What sinks take from outside. */
export interface SinkPorts extends SecretSources {
	/** Default: any order, one batch at a time. */
	readonly rules?: DeliveryRules | undefined;
	/** The host's flow; only the kind `flow` needs it. */
	readonly flow?: FlowPorts | undefined;
	/** The databases that tables are in, by their names; only the kind `table` needs them. */
	readonly databases?: ResolveDatabase | undefined;
	/** Absolute path of a directory by its name, as who runs this host has configured it; only the kind `files` needs it. */
	readonly directories?: ((name: string) => string | undefined) | undefined;
	/** Of who waits for a file; only the kind `files` heeds it. */
	readonly filesNow?: FilesNow | undefined;
	/** The export whose batches come. */
	readonly who?: { readonly exportId: string; readonly label: string } | undefined;
	/** Default: the network. */
	readonly transport?: Transport | undefined;
	/** Is shown each request that it makes; for tests of a destination. */
	readonly onExchange?: ((exchange: Exchange) => void) | undefined;
	readonly clock?: Clock | undefined;
	readonly logger?: Logger | undefined;
}

/** What the rows of an export are, and how they leave. */
export interface RowsToSend extends DeliveryRules {
	readonly output: Output;
	readonly columns?: readonly unknown[] | undefined;
}

export interface SinkKind<Config extends object> {
	/** All fields beside `kind`; any other is refused. */
	readonly fields: Readonly<Record<keyof Config, true>>;
	/** Those that hold secrets. */
	readonly secrets: SecretFields;
	/**
	 * Checks every field, whatever it holds: configurations come from dialogs and over REST. Where a secret is to be, a reference is
	 * right as well as its text.
	 *
	 * @param path of the configuration, for messages
	 * @throws ConfigError naming path and bound, never a secret
	 */
	validate(config: Config | Resolved<Config>, path: string): void;
	/**
	 * Refuses rows of which none could be written as the configuration asks.
	 *
	 * @param config checked
	 * @throws ConfigError
	 */
	checkRows?(config: Config, rows: RowsToSend, path: string): void;
	/**
	 * Connects to nothing yet.
	 *
	 * @param config checked, its secrets being texts
	 * @param path of the configuration, for messages
	 * @throws ConfigError for a port that is not there
	 */
	create(config: Resolved<Config>, ports: SinkPorts, path: string): Sink;
}
