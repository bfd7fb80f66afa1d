import { checkWhole } from '../check-value';
import type { ExportConfig } from '../config';
import { KEEP_DAYS, KEEP_GB } from '../pure/bounds';
import { readNumber } from './read-number';
import { isAbsent } from './set-only';
import type { SettingPath } from './setting-path';

const DAY_MS = 86_400_000;
const GB = 1024 ** 3;

/** For how long what was delivered stays for a replay; how it is used is told in buffer-settings.ts. */
export interface KeepSettings {
	/** Whole days; may be digits. Empty or 0: nothing is kept. */
	readonly keepDays?: number | string | undefined;
	/** At most so many whole GB (1,024³ bytes); may be digits. Empty: KEEP_GB. It says nothing where nothing is kept. */
	readonly keepGb?: number | string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toKeep(
	{ keepDays, keepGb }: KeepSettings,
	at: SettingPath,
): Pick<ExportConfig, 'keep'> {
	if (isAbsent(keepDays)) return {};
	const days = readNumber(keepDays, at('keepDays'));
	if (days === 0) return {};
	const gb = isAbsent(keepGb) ? KEEP_GB.fallback : readNumber(keepGb, at('keepGb'));
	return {
		keep: {
			ageMs: checkWhole(days, at('keepDays'), KEEP_DAYS) * DAY_MS,
			bytes: checkWhole(gb, at('keepGb'), KEEP_GB) * GB,
		},
	};
}
