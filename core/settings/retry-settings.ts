import type { ExportConfig } from '../config';
import { parseRetry } from '../delivery/parse-retry';
import { RETRY } from '../pure/bounds';
import { readDuration } from './read-duration';
import type { SettingPath } from './setting-path';

/** When what has failed is tried again; how they are used is told in buffer-settings.ts. */
export interface RetrySettings {
	/**
	 * Pauses before the next attempts, such as `5s, 5m, 2h`; a preset (`standard`, `disruptive`, `exponential`), or `exponential 10s 2h`
	 * with its first pause and its longest one. Empty is standard.
	 */
	readonly retryDelays?: string | undefined;
	/** Age at which an event is given up, such as `12h`; empty: that of the preset, or none. */
	readonly maxAge?: string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toRetry(
	{ retryDelays, maxAge = '' }: RetrySettings,
	at: SettingPath,
): ExportConfig['retry'] {
	const retry = parseRetry(retryDelays, at('retryDelays'));
	if (maxAge.trim() === '') return retry;
	return { ...retry, maxAgeMs: readDuration(maxAge, at('maxAge'), RETRY.maxAgeMs) };
}
