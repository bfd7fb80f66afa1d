import { checkChoice, checkWhole } from '../check-value';
import { CSV_DELIMITER_NAMES, type CsvDelimiter } from '../event/csv-body';
import type { DedupeConfig, LatestConfig } from '../config';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { BODY_BYTES, DEDUPE_WINDOW_MS } from '../pure/bounds';
import { textList } from '../pure/text-list';
import { readNumber, readTime } from './read-number';
import type { SettingPath } from './setting-path';

/** What dialogs set of bodies, and of what is found in them; texts that are empty set nothing. */
export interface BodySettings {
	/** May be digits; empty: as the largest body. */
	readonly maxDecompressedBytes?: number | string | undefined;
	/** `auto`: by the type. */
	readonly csvDelimiter?: CsvDelimiter | 'auto' | undefined;
	/** What events are said to come from. */
	readonly source?: string | undefined;
	/** Networks, separated by commas. */
	readonly trustedProxies?: string | undefined;
	/** Where the event's type is, one of the three. */
	readonly typePath?: string | undefined;
	readonly typeHeader?: string | undefined;
	readonly typeQuery?: string | undefined;
	/** Place of the producer's key in the JSON body; several, separated by commas, are one key together. */
	readonly dedupeKeyPath?: string | undefined;
	/** Name of the header with the key. */
	readonly dedupeHeader?: string | undefined;
	/** The same bytes are the same event. */
	readonly dedupeContent?: boolean | undefined;
	/** May be digits. */
	readonly dedupeHours?: number | string | undefined;
	/** The latest event of each device and type is kept, and older ones are marked. */
	readonly keepLatest?: boolean | undefined;
	/** Older ones are answered like any other and not stored. */
	readonly dropStale?: boolean | undefined;
	/** Where they have device, type, labels and time; default: as Data Connectors, or as CloudEvents. */
	readonly latestDevicePath?: string | undefined;
	readonly latestTypePath?: string | undefined;
	readonly latestLabelsPath?: string | undefined;
	readonly latestTimePath?: string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toBody(
	settings: BodySettings,
	at: SettingPath,
): Pick<
	ReceiverInput,
	| 'maxDecompressedBytes'
	| 'csvDelimiter'
	| 'source'
	| 'trustedProxies'
	| 'typePath'
	| 'typeHeader'
	| 'typeQuery'
	| 'dedupe'
	| 'latest'
> {
	const { maxDecompressedBytes = '', csvDelimiter = 'auto', keepLatest } = settings;
	const { source, typePath, typeHeader, typeQuery } = trimmed(settings);
	const proxies = textList(settings.trustedProxies ?? '');
	const dedupe = toDedupe(settings, at);
	return {
		...(String(maxDecompressedBytes).trim() === ''
			? {}
			: {
					maxDecompressedBytes: checkWhole(
						readNumber(maxDecompressedBytes, at('maxDecompressedBytes')),
						at('maxDecompressedBytes'),
						BODY_BYTES,
					),
				}),
		...(csvDelimiter === 'auto'
			? {}
			: { csvDelimiter: checkChoice(csvDelimiter, at('csvDelimiter'), CSV_DELIMITER_NAMES) }),
		...(source ? { source } : {}),
		...(proxies.length > 0 ? { trustedProxies: proxies } : {}),
		...(typePath ? { typePath } : {}),
		...(typeHeader ? { typeHeader } : {}),
		...(typeQuery ? { typeQuery } : {}),
		...(dedupe.length > 0 ? { dedupe } : {}),
		...(keepLatest === true ? { latest: toLatest(settings) } : {}),
	};
}

function toDedupe(settings: BodySettings, at: SettingPath): DedupeConfig[] {
	const { dedupeHours, dedupeContent } = settings;
	const windowMs =
		dedupeHours === undefined || dedupeHours === ''
			? DEDUPE_WINDOW_MS.fallback
			: readTime(dedupeHours, at('dedupeHours'), 'hours', DEDUPE_WINDOW_MS);
	const keyPaths = textList(settings.dedupeKeyPath ?? '');
	const [keyPath] = keyPaths;
	const { dedupeHeader: header } = trimmed(settings);
	return [
		...(keyPaths.length > 1 ? [{ keyPaths, windowMs }] : keyPath ? [{ keyPath, windowMs }] : []),
		...(header ? [{ header, windowMs }] : []),
		...(dedupeContent === true ? [{ content: true, windowMs } as const] : []),
	];
}

function toLatest(settings: BodySettings): Partial<LatestConfig> {
	const { latestDevicePath, latestTypePath, latestLabelsPath, latestTimePath } = trimmed(settings);
	return {
		...(latestDevicePath ? { devicePath: latestDevicePath } : {}),
		...(latestTypePath ? { typePath: latestTypePath } : {}),
		...(latestLabelsPath ? { labelsPath: latestLabelsPath } : {}),
		...(latestTimePath ? { timePath: latestTimePath } : {}),
		...(settings.dropStale === true ? { dropStale: true } : {}),
	};
}

type TextName =
	| 'source'
	| 'typePath'
	| 'typeHeader'
	| 'typeQuery'
	| 'dedupeHeader'
	| `latest${'Device' | 'Type' | 'Labels' | 'Time'}Path`;

/** People leave space around what they paste. */
function trimmed(settings: BodySettings): Partial<Record<TextName, string>> {
	return Object.fromEntries(
		Object.entries(settings).flatMap(([name, value]) =>
			typeof value === 'string' ? [[name, value.trim()]] : [],
		),
	);
}
