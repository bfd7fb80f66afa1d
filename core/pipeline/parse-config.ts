import { parseConditions } from '../buffer/conditions';
import { checkChoice, checkWhole } from '../check-value';
import { ConfigError } from '../errors';
import { isStorable, STORABLE } from '../pure/storable';
import { parsePath } from '../pure/path';
import { READ_BODY_AS } from '../event/read-as';
import { validateColumns } from '../mapping/mapping';
import { validateFilter } from '../mapping/validate-filter';
import { ALERT_KINDS } from '../pure/alert-kinds';
import {
	ALERTS,
	BODY_BYTES,
	CONDITIONS,
	DEDUPE_WINDOW_MS,
	MAX_ID_LENGTH,
	MAX_LABEL_LENGTH,
	NODE_CONDITIONS,
	NODE_MIN_TIME_MS,
} from '../pure/bounds';
import { isHeaderName } from '../pure/header-name';
import { validateHealth } from '../health/resolve-health';
import { resolveRetry, type RetryInput } from '../delivery/resolve-retry';
import { validateAuth } from '../signature/validate-schemes';
import { ALERTS_RECEIVER } from '../alerts/alert';
import {
	DEFAULT_PROJECT,
	LATEST_PATHS,
	projectOf,
	SPLITS,
	type AlertsConfig,
	type DedupeConfig,
	type ExportConfig,
	type LatestConfig,
	type Origin,
	type ReceiverConfig,
} from '../config';

/** Places of keys by which a repeated event is known. */
const MAX_DEDUPE_PLACES = 5;

/** Batches of an export that may be with its sink at once. */
const IN_FLIGHT = { min: 1, max: 100 };

type ConditionsInput = ExportConfig['conditions'] | Parameters<typeof parseConditions>[0];

/** A receiver's configuration before defaults. */
export type ReceiverInput = Partial<Omit<ReceiverConfig, 'latest'>> &
	Pick<ReceiverConfig, 'id' | 'auth'> & { readonly latest?: Partial<LatestConfig> };

/** An export's configuration before defaults; `conditions` may also be the text form of parseConditions. */
export type ExportInput = Partial<Omit<ExportConfig, 'conditions' | 'retry'>> &
	Pick<ExportConfig, 'id' | 'receiverId'> & {
		readonly conditions?: ConditionsInput;
		readonly retry?: RetryInput | undefined;
	};

/**
 * Checks a receiver's configuration and fills in defaults.
 *
 * @throws ConfigError (ERR_CONFIG_INVALID) naming the path and the bound
 */
export function parseReceiverConfig(input: ReceiverInput): ReceiverConfig {
	receiverIdentifier(input.id, 'id');
	if (projectOf({ receiverId: input.id }) !== undefined)
		throw new ConfigError('id', 'an id that does not begin with "project:"', input.id);
	validateAuth(input.auth, 'auth');
	return {
		id: input.id,
		project: parseProject(input.project ?? DEFAULT_PROJECT),
		auth: input.auth,
		...(input.readBodyAs === undefined
			? {}
			: { readBodyAs: checkChoice(input.readBodyAs, 'readBodyAs', READ_BODY_AS) }),
		...(input.secretHeaders ? { secretHeaders: parseHeaderNames(input.secretHeaders) } : {}),
		maxBodyBytes: checkWhole(input.maxBodyBytes ?? BODY_BYTES.fallback, 'maxBodyBytes', BODY_BYTES),
		...(input.split === undefined ? {} : { split: parseSplit(input.split, input.readBodyAs) }),
		...(input.dedupe?.length ? { dedupe: parseDedupe(input.dedupe) } : {}),
		...(input.typePath === undefined ? {} : { typePath: text(input.typePath, 'typePath', 256) }),
		origin: parseOrigin(input.origin),
		...(input.inactiveAfterMs === undefined
			? {}
			: {
					inactiveAfterMs: checkWhole(
						input.inactiveAfterMs,
						'inactiveAfterMs',
						ALERTS.inactiveAfterMs,
					),
				}),
		...(input.latest === undefined ? {} : { latest: parseLatest(input.latest) }),
	};
}

/**
 * Checks an export's configuration and fills in defaults.
 *
 * @throws ConfigError (ERR_CONFIG_INVALID) naming the path and the bound; MappingError for a template
 */
export function parseExportConfig(input: ExportInput): ExportConfig {
	const { id, receiverId, columns, filter } = input;
	identifier(id, 'id');
	receiverIdentifier(receiverId, 'receiverId');
	if (projectOf({ receiverId }) === '')
		throw new ConfigError('receiverId', 'a project behind "project:"');
	if (columns) validateColumns(columns, 'columns');
	if (filter !== undefined) validateFilter(filter, 'filter');
	return {
		id,
		receiverId,
		label: text(input.label ?? id, 'label', MAX_LABEL_LENGTH),
		...(filter ? { filter } : {}),
		...(columns ? { columns } : {}),
		output: parseOutput(input.output, columns !== undefined),
		conditions: conditionsOf(input.conditions ?? NODE_CONDITIONS),
		retry: resolveRetry(input.retry ?? {}, 'retry'),
		...(input.alerts === undefined ? {} : { alerts: parseAlerts(input.alerts, receiverId) }),
		...(input.health === undefined ? {} : { health: validateHealth(input.health) }),
		order: checkChoice(input.order ?? 'any', 'order', ['any', 'strict']),
		maxInFlight: checkWhole(input.maxInFlight ?? 1, 'maxInFlight', IN_FLIGHT),
		onMappingError: checkChoice(input.onMappingError ?? 'reject', 'onMappingError', [
			'reject',
			'dead',
		]),
		state: checkChoice(input.state ?? 'ACTIVE', 'state', [
			'ACTIVE',
			'PAUSED',
			'USER_DISABLED',
			'SYSTEM_DISABLED',
		]),
		origin: parseOrigin(input.origin),
	};
}

function parseAlerts(alerts: AlertsConfig, receiverId: string): AlertsConfig {
	if (receiverId !== ALERTS_RECEIVER)
		throw new ConfigError('alerts', `nothing: only exports of "${ALERTS_RECEIVER}" get alerts`);
	for (const [index, kind] of (alerts.kinds ?? []).entries())
		checkChoice(kind, `alerts.kinds[${index}]`, ALERT_KINDS);
	return alerts;
}

function parseOrigin(origin: Origin | undefined): Origin {
	return checkChoice(origin ?? 'host', 'origin', ['host', 'api']);
}

function conditionsOf(input: ConditionsInput): ExportConfig['conditions'] {
	if (!isParsed(input)) return parseConditions(input, { minTimeMs: NODE_MIN_TIME_MS });
	return {
		count: checkWhole(input.count, 'conditions.count', CONDITIONS.count),
		sizeBytes: checkWhole(input.sizeBytes, 'conditions.sizeBytes', CONDITIONS.sizeBytes),
		timeMs: checkWhole(input.timeMs, 'conditions.timeMs', {
			...CONDITIONS.timeMs,
			min: NODE_MIN_TIME_MS,
		}),
	};
}

function isParsed(input: ConditionsInput): input is ExportConfig['conditions'] {
	return 'sizeBytes' in input || 'timeMs' in input;
}

function parseOutput(
	output: ExportConfig['output'] | undefined,
	hasColumns: boolean,
): ExportConfig['output'] {
	const parsed = checkChoice(output ?? (hasColumns ? 'record' : 'event'), 'output', [
		'record',
		'cells',
		'event',
	]);
	if (parsed === 'cells' && !hasColumns)
		throw new ConfigError('columns', 'at least one column for output cells');
	return parsed;
}

function parseHeaderNames(names: readonly string[]): string[] {
	return names.map((name, index) => text(name, `secretHeaders[${index}]`, 200).toLowerCase());
}

function parseSplit(
	split: NonNullable<ReceiverConfig['split']>,
	readBodyAs: ReceiverConfig['readBodyAs'] = 'type',
): NonNullable<ReceiverConfig['split']> {
	checkChoice(split, 'split', SPLITS);
	if (split !== 'one' && readBodyAs !== 'type' && readBodyAs !== 'json')
		throw new ConfigError(
			'split',
			`one where readBodyAs is ${readBodyAs}: what is split is JSON`,
			split,
		);
	return split;
}

function parseLatest(latest: Partial<LatestConfig>): LatestConfig {
	const path = (name: keyof LatestConfig): string => {
		const given = text(latest[name] ?? LATEST_PATHS[name], `latest.${name}`, 256);
		try {
			parsePath(given);
		} catch {
			throw new ConfigError(`latest.${name}`, 'a path such as "device.id"', given);
		}
		return given;
	};
	return {
		devicePath: path('devicePath'),
		typePath: path('typePath'),
		labelsPath: path('labelsPath'),
		timePath: path('timePath'),
	};
}

function parseDedupe(places: readonly DedupeConfig[]): readonly DedupeConfig[] {
	if (places.length > MAX_DEDUPE_PLACES)
		throw new ConfigError('dedupe', `at most ${MAX_DEDUPE_PLACES} places`, places.length);
	for (const [index, { keyPath, header, windowMs }] of places.entries()) {
		const path = `dedupe[${index}]`;
		if ((keyPath === undefined) === (header === undefined))
			throw new ConfigError(path, 'either keyPath or header');
		if (keyPath !== undefined) text(keyPath, `${path}.keyPath`, 256);
		else if (!isHeaderName(header))
			throw new ConfigError(`${path}.header`, 'the name of a header', header);
		checkWhole(windowMs, `${path}.windowMs`, DEDUPE_WINDOW_MS);
	}
	return places;
}

/** Bound of a project's name: with `project:` before it, it is such an id. */
const MAX_PROJECT = 100;

function identifier(value: unknown, path: string): string {
	if (typeof value !== 'string' || value === '' || value.length > MAX_ID_LENGTH)
		throw new ConfigError(path, `a text of 1 to ${MAX_ID_LENGTH} characters`, value);
	return storable(value, path);
}

/** Part of the ids of its exports. */
function parseProject(value: string): string {
	if (
		typeof value !== 'string' ||
		value === '' ||
		value.length > MAX_PROJECT ||
		value.includes('/')
	)
		throw new ConfigError(
			'project',
			`a name of 1 to ${MAX_PROJECT} characters without a slash`,
			value,
		);
	return storable(value, 'project');
}

/** Full ids are `<receiver>/<export>`: where the first part may hold the slash, two exports could have one of them. */
function receiverIdentifier(value: unknown, path: string): void {
	if (identifier(value, path).includes('/'))
		throw new ConfigError(path, 'an id without a slash', value);
}

function text(value: unknown, path: string, maxLength: number): string {
	if (typeof value !== 'string' || value.length > maxLength) {
		throw new ConfigError(path, `a text of at most ${maxLength} characters`, value);
	}
	return storable(value, path);
}

function storable(value: string, path: string): string {
	if (isStorable(value)) return value;
	throw new ConfigError(path, `a text ${STORABLE}`);
}
