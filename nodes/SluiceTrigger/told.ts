import type { ITriggerFunctions } from 'n8n-workflow';
import { ALERT_KINDS, ALERTS, checkChoice, ConfigError, type AlertKind } from '../../core/index';
import { fullNames } from '../shared/action-store';

/** What of alerts and results is wanted. */
interface Told {
	/** None: all. */
	readonly kinds: readonly AlertKind[];
	/** Of results. */
	readonly failedOnly: boolean;
	/** Names by which core knows them; undefined: all. */
	readonly buffers: readonly string[] | undefined;
	readonly withText: boolean;
	readonly retryDelays: string | undefined;
}

interface ToldOptions {
	readonly buffers?: unknown;
	readonly withText?: boolean;
	readonly retryDelays?: string;
}

/** @throws ConfigError naming the parameter */
export function readTold(context: ITriggerFunctions): Told {
	const parameter = <T>(name: string, fallback: T): T =>
		context.getNodeParameter(name, fallback as never) as T;
	const { buffers = [], withText = false, retryDelays } = parameter<ToldOptions>('options', {});
	const kinds = parameter<readonly unknown[]>('alertKinds', []);
	if (!Array.isArray(kinds)) throw new ConfigError('alertKinds', 'a list of kinds', kinds);
	return {
		kinds: kinds.map((kind, index) => checkChoice(kind, `alertKinds[${index}]`, ALERT_KINDS)),
		failedOnly: parameter('failedOnly', true),
		buffers: namesOf(buffers),
		withText: withText === true,
		retryDelays,
	};
}

/** Lines of the list that were left empty name nothing. */
function namesOf(value: unknown): readonly string[] | undefined {
	const given: readonly unknown[] = Array.isArray(value) ? value : [value];
	const names = given.map((one) => String(one ?? '').trim()).filter((one) => one !== '');
	if (names.length === 0) return undefined;
	if (names.length > ALERTS.maxNames)
		throw new ConfigError('options.buffers', `at most ${ALERTS.maxNames} names`, names.length);
	return names.flatMap(fullNames);
}
