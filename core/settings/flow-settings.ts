import { checkChoice } from '../check-value';
import { BATCH_FORMS, type BatchForm } from '../pure/batch-forms';
import { ACK_TIMEOUT_MS } from '../pure/bounds';
import { FORMAT_NAMES, type FormatName } from '../pure/format-names';
import type { SinkConfig } from '../sink/create-sink';
import { checkFormat } from '../sink/formats/check-format';
import type { ContentConfig } from '../sink/flow-content';
import type { DataSettings } from './buffer-settings';
import { readTime } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** How batches go into the flow; how settings are used is told in buffer-settings.ts. */
export interface FlowSettings extends Pick<DataSettings, 'data'> {
	readonly ackTimeoutSeconds?: number | string | undefined;
	/** How numbers arrive that JavaScript would round. */
	readonly numbers?: 'double' | 'text' | undefined;
	/** Its rows (default), or all of them in one text or file. */
	readonly batchAs?: BatchForm | undefined;
	/** Of a text or file; default ndjson. */
	readonly batchFormat?: FormatName | undefined;
	/** Of CSV: whether the names of the columns come first; default true. */
	readonly batchCsvHeader?: boolean | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toFlowSink(settings: FlowSettings, at: SettingPath = sameName): SinkConfig<'flow'> {
	const { ackTimeoutSeconds: seconds } = settings;
	return {
		kind: 'flow',
		ackTimeoutMs:
			seconds === undefined
				? ACK_TIMEOUT_MS.fallback
				: readTime(seconds, at('ackTimeoutSeconds'), 'seconds', ACK_TIMEOUT_MS),
		...toFlowContent(settings, at),
	};
}

/** What a dialog hides because of another setting is left out. @throws ConfigError naming the dialog's field */
export function toFlowContent(
	settings: Omit<FlowSettings, 'ackTimeoutSeconds'>,
	at: SettingPath = sameName,
): ContentConfig {
	const { numbers = 'double', batchAs = 'rows', data = 'event' } = settings;
	const { batchFormat = 'ndjson', batchCsvHeader } = settings;
	const chosen = { numbers: checkChoice(numbers, at('numbers'), ['double', 'text'] as const) };
	const as = checkChoice(batchAs, at('batchAs'), BATCH_FORMS);
	if (as === 'rows') return chosen;
	const format = checkChoice(batchFormat, at('batchFormat'), FORMAT_NAMES);
	const output = data === 'event' ? 'event' : 'record';
	checkFormat(format, { output, columns: [] }, at('batchFormat'));
	const csvHeader = format === 'csv' ? batchCsvHeader : undefined;
	return { ...chosen, as, format, ...(csvHeader === undefined ? {} : { csvHeader }) };
}
