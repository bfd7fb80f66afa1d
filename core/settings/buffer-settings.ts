/**
 * What people set in a dialog, in the words of the configuration. Each host renames its own parameters to these, and says how its dialog
 * calls them, for messages; defaults, bounds and how texts are read are here, once. A setting that is absent takes its default.
 *
 * To add a setting: its field and its line here, its name in both hosts, its place in both dialogs.
 */
import { parseConditions } from '../buffer/conditions';
import { checkChoice } from '../check-value';
import type { ExportConfig } from '../config';
import type { Column } from '../mapping/column';
import { validateColumns } from '../mapping/validate-columns';
import type { ExportInput } from '../pipeline/parse-export';
import { NODE_CONDITIONS, NODE_MIN_TIME_MS } from '../pure/bounds';
import { toFilter, type FilterSettings } from './filter-settings';
import { toHealth, type HealthSettings } from './health-settings';
import { toKeep, type KeepSettings } from './keep-settings';
import { toOrder, type OrderSettings } from './order-settings';
import { toRetry, type RetrySettings } from './retry-settings';
import { sameName, type SettingPath } from './setting-path';

/** What a row is made of. */
export interface DataSettings {
	/** The event as it came (default), picked fields, or columns. */
	readonly data?: 'event' | 'fields' | 'columns' | undefined;
	readonly fields?: readonly { readonly name: string; readonly path: string }[] | undefined;
	readonly columns?: readonly Column[] | undefined;
}

export interface BufferSettings
	extends DataSettings, FilterSettings, RetrySettings, OrderSettings, HealthSettings, KeepSettings {
	/** Rows; may be digits. */
	readonly count?: number | string | undefined;
	/** Such as `5s`. */
	readonly time?: string | undefined;
	/** Such as `5MB`. */
	readonly size?: string | undefined;
	/** Such as `2s`, shorter than the time; empty: none. */
	readonly idle?: string | undefined;
	readonly onMappingError?: ExportConfig['onMappingError'] | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toExport(
	who: Pick<ExportConfig, 'id' | 'receiverId' | 'label'>,
	settings: BufferSettings,
	at: SettingPath = sameName,
): ExportInput {
	const columns = toColumns(settings, at);
	const { count, time, size, idle, onMappingError = 'reject' } = settings;
	const filter = toFilter(settings, at);
	const health = toHealth(settings, at);
	return {
		...who,
		...(filter ? { filter } : {}),
		...(columns ? { columns } : {}),
		output: columns ? 'record' : 'event',
		conditions: parseConditions(
			{
				count: count ?? NODE_CONDITIONS.count,
				time: time ?? NODE_CONDITIONS.time,
				size: size ?? NODE_CONDITIONS.size,
				idle: idle?.trim() || undefined,
			},
			{ minTimeMs: NODE_MIN_TIME_MS, at },
		),
		retry: toRetry(settings, at),
		...toOrder(settings, at),
		...toKeep(settings, at),
		...(health ? { health } : {}),
		onMappingError: checkChoice(onMappingError, at('onMappingError'), ['reject', 'dead'] as const),
	};
}

/** Picked fields are `path` columns; whole events have none. @throws ConfigError naming the dialog's field */
export function toColumns(
	settings: DataSettings,
	at: SettingPath = sameName,
): readonly Column[] | undefined {
	const made = uncheckedColumns(settings, at);
	if (made) validateColumns(made, at(settings.data ?? 'event'));
	return made;
}

/** The same, whatever is wrong with one of them. @throws ConfigError for a choice that is none */
export function uncheckedColumns(
	{ data = 'event', fields = [], columns = [] }: DataSettings,
	at: SettingPath = sameName,
): readonly Column[] | undefined {
	checkChoice(data, at('data'), ['event', 'fields', 'columns']);
	if (data === 'event') return undefined;
	if (data === 'columns') return columns;
	return fields.map(({ name, path }): Column => ({ type: 'path', name, path }));
}
