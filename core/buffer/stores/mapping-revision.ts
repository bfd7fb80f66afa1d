import { canonicalJson } from '../../pure/canonical-json';
import type { StoredExport } from '../store';

/**
 * What makes rows of one export differ: a change of it raises the mapping revision, and a batch never mixes two of them.
 * Compared as text with sorted keys, so that the order in which a host writes its configuration does not matter.
 */
export function mappingFingerprint(e: Pick<StoredExport, 'filter' | 'columns' | 'output'>): string {
	return canonicalJson({ filter: e.filter, columns: e.columns, output: e.output });
}
