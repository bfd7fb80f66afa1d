/** Sinks are made from data: what hosts and APIs configure is one value, and nobody else makes a sink. */
import { ConfigError } from '../errors';
import { elementPath } from '../config-path';
import { filesKind } from './files/files-kind';
import { flowKind } from './flow-kind';
import { httpKind } from './http/http-kind';
import { createHttpTarget, type HttpTarget } from './http/http-target';
import { opendatasoftKind } from './opendatasoft/opendatasoft-kind';
import { requireReferences, resolveSecrets, type Resolved, type SecretFields } from './secret-ref';
import type { Sink } from './sink';
import type { RowsToSend, SinkKind, SinkPorts } from './sink-kind';
import { tableKind } from './table/table-kind';

/** The only list of kinds. */
const KINDS = {
	http: httpKind,
	opendatasoft: opendatasoftKind,
	table: tableKind,
	files: filesKind,
	flow: flowKind,
} as const;

export type SinkKindName = keyof typeof KINDS;

/** For dialogs, checks and docs, in the order to show them. */
export const SINK_KINDS = Object.keys(KINDS) as SinkKindName[];

type ConfigOf<Kind> = Kind extends SinkKind<infer Config> ? Config : never;

type Kinds = { readonly [Name in SinkKindName]: ConfigOf<(typeof KINDS)[Name]> };

/** Where an export's batches go, as plain data: what is a secret is a `SecretRef`, so that its JSON may be stored and shown. */
export type SinkConfig<Name extends SinkKindName = SinkKindName> = {
	readonly [One in Name]: { readonly kind: One } & Kinds[One];
}[Name];

/**
 * Checks a configuration, whatever it is; opens nothing and needs no secret.
 *
 * @param path of it, for messages
 * @throws ConfigError (ERR_CONFIG_INVALID) naming path and bound, never a secret
 */
export function validateSinkConfig(config: unknown, path = 'sink'): asserts config is SinkConfig {
	const { kind, given } = kindOf(config, path);
	for (const name of Object.keys(given)) {
		if (!Object.hasOwn(kind.fields, name)) {
			const names = Object.keys(kind.fields).join(', ');
			throw new ConfigError(elementPath(path, name), `one of ${names}`);
		}
	}
	kind.validate(given, path);
	requireReferences(given, kind.secrets, path);
}

/** Whether an export's rows can be written as a configuration asks. @throws ConfigError as `validateSinkConfig`, and where none could */
export function checkRows(config: SinkConfig, rows: RowsToSend, path = 'sink'): void {
	validateSinkConfig(config, path);
	const { kind, given } = kindOf(config, path);
	kind.checkRows?.(given, rows, path);
}

/** Where the secrets of a configuration are, whatever else it holds. @throws ConfigError for a kind that is none */
export function secretFieldsOf(config: unknown, path = 'sink'): SecretFields {
	return kindOf(config, path).kind.secrets;
}

/**
 * Makes the sink. It connects to nothing before its first batch.
 *
 * @throws ConfigError as `validateSinkConfig`; for a secret that is not there, naming path and reference; and for a kind whose port
 *   is not there
 */
export function createSink(config: SinkConfig, ports: SinkPorts = {}, path = 'sink'): Sink {
	const { kind, resolved } = resolve(config, ports, path);
	return kind.create(resolved, ports, path);
}

/**
 * The endpoint of an HTTP sink, for what is sent body by body and needs the answers.
 *
 * @throws ConfigError as createSink
 */
export function createTarget(
	config: SinkConfig<'http'>,
	ports: SinkPorts = {},
	path = 'sink',
): HttpTarget {
	const { resolved } = resolve(config, ports, path);
	return createHttpTarget(resolved as Resolved<Kinds['http']>, ports);
}

/** Whether a sink sends to an address that its configuration names. */
export function reachesAddresses({ kind }: SinkConfig): boolean {
	return Object.hasOwn(KINDS[kind].fields, 'allowedCidrs');
}

function resolve(
	config: SinkConfig,
	{ resolveSecret, openSecret }: SinkPorts,
	path: string,
): { kind: SinkKind<object>; resolved: Resolved<object> } {
	validateSinkConfig(config, path);
	const { kind, given } = kindOf(config, path);
	const resolved = resolveSecrets(given, kind.secrets, { resolveSecret, openSecret, path });
	// Only now the texts of the secrets are known.
	kind.validate(resolved, path);
	return { kind, resolved };
}

/** @returns the kind, and what is given for it */
function kindOf(config: unknown, path: string): { kind: SinkKind<object>; given: object } {
	if (typeof config !== 'object' || config === null || Array.isArray(config)) {
		throw new ConfigError(path, 'an object with a kind and its fields', config);
	}
	const { kind: name, ...given } = config as { kind?: unknown };
	if (typeof name !== 'string' || !Object.hasOwn(KINDS, name)) {
		throw new ConfigError(`${path}.kind`, `one of ${SINK_KINDS.join(', ')}`, name);
	}
	return { kind: KINDS[name as SinkKindName] as SinkKind<object>, given };
}
