import { HTTP_TIMEOUT_MS, OPENDATASOFT_RECORDS } from '../pure/bounds';
import { textList } from '../pure/text-list';
import type { SinkConfig } from '../sink/create-sink';
import {
	validateOpendatasoft,
	type OpendatasoftOperation,
} from '../sink/opendatasoft/opendatasoft-config';
import { PROXY_PLACES, toConnection, type ConnectionSettings } from './connection-settings';
import type { OrderSettings } from './order-settings';
import { readNumber, readTime } from './read-number';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** Of the dialogs that push to a dataset of Opendatasoft; how they are used is told in buffer-settings.ts. The key brings the host. */
export interface DatasetSettings extends ConnectionSettings {
	readonly domain?: string | undefined;
	readonly dataset?: string | undefined;
	/** Empty: `realtime`. */
	readonly resource?: string | undefined;
	readonly operation?: OpendatasoftOperation | undefined;
	/** Of the operation `deleteById`; empty: `recordid`. */
	readonly idField?: string | undefined;
	/** May be digits. */
	readonly maxRecords?: number | string | undefined;
	readonly timeoutSeconds?: number | string | undefined;
	/** Networks, separated by commas. */
	readonly allowedCidrs?: string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toDataset(
	settings: DatasetSettings,
	pushKey: SinkConfig<'opendatasoft'>['pushKey'],
	at: SettingPath = sameName,
): SinkConfig<'opendatasoft'> {
	const { domain = '', dataset = '', resource = '', operation = 'push', idField = '' } = settings;
	const {
		maxRecords = OPENDATASOFT_RECORDS.fallback,
		timeoutSeconds,
		allowedCidrs = '',
	} = settings;
	const config = {
		domain: domain.trim(),
		dataset: dataset.trim(),
		...given('resource', resource),
		pushKey,
		operation,
		// What belongs to another operation is hidden.
		...(operation === 'deleteById' ? given('idField', idField) : {}),
		maxRecords: readNumber(maxRecords, at('maxRecords')),
		timeoutMs:
			timeoutSeconds === undefined
				? HTTP_TIMEOUT_MS.fallback
				: readTime(timeoutSeconds, at('timeoutSeconds'), 'seconds', HTTP_TIMEOUT_MS),
		...toConnection(settings, at),
		allowedCidrs: textList(allowedCidrs),
	};
	inDialog(() => validateOpendatasoft(config), at, PROXY_PLACES);
	return { kind: 'opendatasoft', ...config };
}

/** Records take the place of earlier ones: one batch after the other, unless what belongs together has a key (O42). */
export function inOrder<Settings extends OrderSettings>(settings: Settings): Settings {
	return { ...settings, order: settings.order === 'key' ? 'key' : 'strict', maxInFlight: 1 };
}

function given<Name extends string>(name: Name, text: string): { readonly [One in Name]?: string } {
	const value = text.trim();
	return (value === '' ? {} : { [name]: value }) as { readonly [One in Name]?: string };
}
