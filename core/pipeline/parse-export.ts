import { ALERTS_RECEIVER } from '../alerts/alert';
import { parseConditions } from '../buffer/conditions';
import { checkChoice, checkWhole } from '../check-value';
import { isOfKept, projectOf, type AlertsConfig, type ExportConfig } from '../config';
import { resolveRetry, type RetryInput } from '../delivery/resolve-retry';
import { ConfigError } from '../errors';
import { validateHealth } from '../health/resolve-health';
import { validateColumns } from '../mapping/mapping';
import { validateFilter } from '../mapping/validate-filter';
import { ALERT_KINDS } from '../pure/alert-kinds';
import {
	ALERTS,
	CONDITIONS,
	IDLE_MS,
	IN_FLIGHT,
	MAX_LABEL_LENGTH,
	NODE_CONDITIONS,
	NODE_MIN_TIME_MS,
} from '../pure/bounds';
import { identifier, parseOrigin, receiverIdentifier, text } from './check-text';
import { parseKeep, type KeepInput } from './parse-keep';
import { parseOrder } from './parse-order';

type ConditionsInput = ExportConfig['conditions'] | Parameters<typeof parseConditions>[0];

/** An export's configuration before defaults; `conditions` may also be the text form of parseConditions. */
export type ExportInput = Partial<Omit<ExportConfig, 'conditions' | 'retry' | 'keep'>> &
	Pick<ExportConfig, 'id' | 'receiverId'> & {
		readonly conditions?: ConditionsInput;
		readonly retry?: RetryInput | undefined;
		readonly keep?: KeepInput | undefined;
	};

/**
 * Checks an export's configuration and fills in defaults.
 *
 * @throws ConfigError (ERR_CONFIG_INVALID) naming the path and the bound; MappingError for a template
 */
export function parseExportConfig(input: ExportInput): ExportConfig {
	const { id, receiverId, columns, filter } = input;
	identifier(id, 'id');
	receiverIdentifier(receiverId, 'receiverId');
	if (isOfKept(receiverId))
		throw new ConfigError('receiverId', 'an id that does not begin with "kept:"', receiverId);
	if (projectOf({ receiverId }) === '')
		throw new ConfigError('receiverId', 'a project behind "project:"');
	// Cells are for tables.
	if (columns) validateColumns(columns, 'columns', { foldCase: input.output === 'cells' });
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
		...parseOrder(input),
		maxInFlight: checkWhole(input.maxInFlight ?? 1, 'maxInFlight', IN_FLIGHT),
		onMappingError: checkChoice(input.onMappingError ?? 'reject', 'onMappingError', [
			'reject',
			'dead',
		]),
		...(input.keep === undefined ? {} : { keep: parseKeep(input.keep, receiverId) }),
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
	const { exports: names = [] } = alerts;
	if (!Array.isArray(names) || names.length > ALERTS.maxNames)
		throw new ConfigError('alerts.exports', `a list of at most ${ALERTS.maxNames} names`);
	for (const [index, name] of names.entries()) {
		if (typeof name !== 'string' || name === '')
			throw new ConfigError(`alerts.exports[${index}]`, 'the name of an export', name);
	}
	return alerts;
}

function conditionsOf(input: ConditionsInput): ExportConfig['conditions'] {
	if (!isParsed(input)) return parseConditions(input, { minTimeMs: NODE_MIN_TIME_MS });
	const timeMs = checkWhole(input.timeMs, 'conditions.timeMs', {
		...CONDITIONS.timeMs,
		min: NODE_MIN_TIME_MS,
	});
	return {
		count: checkWhole(input.count, 'conditions.count', CONDITIONS.count),
		sizeBytes: checkWhole(input.sizeBytes, 'conditions.sizeBytes', CONDITIONS.sizeBytes),
		timeMs,
		...(input.idleMs === undefined
			? {}
			: {
					idleMs: checkWhole(input.idleMs, 'conditions.idleMs', {
						min: IDLE_MS.min,
						max: timeMs - 1,
					}),
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
