/** What every store decides alike about one export. Pure; instants are store time. */
import type { ExportState } from '../../config';
import { evaluateConditions } from '../conditions';
import { type StoredExport, UNMAPPED_REVISION } from '../store';
import { RETENTION_MS } from './defaults';
import { exportDraining, retentionBlocks, revisionUnknown } from './failures';

/** What an export is, and how it stands. */
export interface RuledExport {
	readonly exportId: string;
	readonly config: StoredExport;
	readonly state: ExportState;
	/** It is being removed: it takes no new rows, and what waits goes out at once. */
	readonly isDraining: boolean;
	/** Of rows that come now. */
	readonly mappingRevision: number;
}

/** What waits and no claim has come to; wall time. */
export interface UnreadStats {
	readonly rows: number;
	readonly bytes: number;
	readonly firstRowAt: number;
	/** Only where the conditions have an idle time. */
	readonly lastRowAt?: number | undefined;
	/** Of the first row. */
	readonly mappingRevision: number;
}

/** Revisions kept although no row uses them: requests that were rendered just before a change still find theirs. */
const SPARE_REVISIONS = 10;

/** The newest revision that is forgotten where no row uses it. */
export function newestForgotten(mappingRevision: number): number {
	return mappingRevision - SPARE_REVISIONS;
}

/** Batches go one after the other, in the order of their rows (S35). */
export function isStrict({ config }: Pick<RuledExport, 'config'>): boolean {
	return config.order === 'strict';
}

/** Rows of one key go one after the other (I22). */
export function isByKey({ config }: Pick<RuledExport, 'config'>): boolean {
	return config.order === 'key';
}

/** Whether batches of it may be claimed. @param regardless of its state */
export function isClaimable({ state }: Pick<RuledExport, 'state'>, regardless = false): boolean {
	return state === 'ACTIVE' || regardless;
}

/** Leases that may be out at once; live rows have one beside those of the backlog. @param regardless of its configuration, but not of its order */
export function inFlightLimit(e: Pick<RuledExport, 'config'>, regardless = false): number {
	if (isStrict(e)) return 1;
	const { maxInFlight, liveFirst = false } = e.config;
	return regardless ? Number.POSITIVE_INFINITY : maxInFlight + (liveFirst ? 1 : 0);
}

/** @throws BufferError ERR_EXPORT_UNKNOWN where it takes no row, or none of this revision */
export function checkTakes(
	{ exportId, isDraining, revisions }: RuledExport & { readonly revisions: Has },
	mappingRevision: number,
): void {
	if (isDraining) throw exportDraining(exportId);
	if (mappingRevision === UNMAPPED_REVISION || revisions.has(mappingRevision)) return;
	throw revisionUnknown(exportId, mappingRevision);
}

interface Has {
	has(mappingRevision: number): boolean;
}

/** Its rows are kept events: they are outside all quotas and make room for others. */
export function isKept({ config }: Pick<RuledExport, 'config'>): boolean {
	return config.kept !== undefined;
}

/** Age at which rows and open batches go, and how (S38). */
export function retentionOf({
	config: { retention },
}: Pick<RuledExport, 'config'>): Required<StoredExport>['retention'] {
	const { ageMs = RETENTION_MS, action = 'dead-letter' } = retention ?? {};
	return { ageMs, action };
}

/**
 * @param arrivedAt of the oldest waiting row
 * @throws BufferError ERR_BUFFER_FULL where that is too old, and the export is told to block then
 */
export function checkAge(
	e: Pick<RuledExport, 'exportId' | 'config'>,
	arrivedAt: number | undefined,
	time: { bornBefore(ageMs: number): number },
): void {
	const { ageMs, action } = retentionOf(e);
	if (action !== 'block' || arrivedAt === undefined) return;
	if (arrivedAt <= time.bornBefore(ageMs)) throw retentionBlocks(e.exportId, ageMs);
}

/**
 * Whether what waits becomes a batch now.
 *
 * @param now wall time, as that of the stats
 * @returns why, or undefined
 */
export function reasonToClose(
	e: Pick<RuledExport, 'config' | 'isDraining' | 'mappingRevision'>,
	stats: UnreadStats,
	now: number,
	flush: boolean,
): string | undefined {
	if (isOfFormerMapping(e, stats.mappingRevision)) {
		return `mapping changed, rows of revision: ${stats.mappingRevision}, now: ${e.mappingRevision}`;
	}
	const { met, reason } = evaluateConditions(e.config.conditions, stats, now);
	if (met) return reason;
	return flush || e.isDraining ? 'flush' : undefined;
}

/** Whether it matters when the last row came. */
export function hasIdleTime({ config }: Pick<RuledExport, 'config'>): boolean {
	return config.conditions.idleMs !== undefined;
}

/** Nothing more is to come that a batch of these rows could wait for: they go out as they were mapped (K48). */
export function isOfFormerMapping(
	e: Pick<RuledExport, 'mappingRevision'>,
	mappingRevision: number,
): boolean {
	return mappingRevision !== e.mappingRevision;
}

/**
 * Whether rows make one batch (I12): one row always does, however large.
 *
 * @param count of all of them, with the one in question
 */
export function fitsBatch(
	limits: { readonly count: number; readonly sizeBytes: number },
	count: number,
	sizeBytes: number,
): boolean {
	return count <= limits.count && (sizeBytes <= limits.sizeBytes || count === 1);
}
