import { toColumns } from '../settings/buffer-settings';
import { toFilter } from '../settings/filter-settings';
import { sameName } from '../settings/setting-path';
import type { Operable } from './operable';
import { readMappingSettings } from './sample-request';
import { runDry, type DryRan } from './verbs/dry-run';

/**
 * A dry run of a buffer by what its dialog has set and not deployed: what its kept events would become.
 *
 * @param mapping settings as a dialog saves them, or anything else
 * @throws ConfigError, MappingError by the dialog's names, and as runDry
 */
export async function dryRunSettings(
	on: Operable,
	exportId: string,
	mapping: unknown,
): Promise<DryRan> {
	const settings = readMappingSettings(mapping);
	return runDry(on, exportId, {
		columns: toColumns(settings) ?? null,
		filter: toFilter(settings, sameName) ?? null,
	});
}
