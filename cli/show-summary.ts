import { isOfKept, type BatchSummary, type ExportSummary, type StoreSummary } from '../core/index';

/** A summary for a person. */
export function showSummary(summary: StoreSummary, nowAt: number): string {
	const { kind, storeId, format, createdAt, diskBytes, problems, notes } = summary;
	const about = [
		`${kind} store ${storeId}`,
		...(format === undefined ? [] : [`format ${format}`]),
		...(createdAt === undefined ? [] : [`made ${new Date(createdAt).toISOString()}`]),
		`${size(diskBytes)} on disk`,
	];
	return [
		about.join(', '),
		...showProblems(problems),
		...notes.map((note) => `note: ${note}`),
		`rows known to be missing: ${summary.missingRows}, in quarantine: ${summary.quarantinedRows}`,
		...summary.exports.flatMap((e) => ['', ...showExport(e, nowAt)]),
		...(summary.exports.length === 0 ? ['', 'no exports'] : []),
		...showLatest(summary.latest),
		...showDocuments(summary.documents),
		'',
	].join('\n');
}

function showLatest(receivers: StoreSummary['latest']): string[] {
	if (receivers.length === 0) return [];
	const lines = receivers.map(
		({ receiverId, keys, bytes, dropped }) =>
			`  ${receiverId}: ${keys}, ${size(bytes)}${dropped === 0 ? '' : `, ${dropped} dropped for want of room`}`,
	);
	return ['', 'latest events', ...lines];
}

function showDocuments(collections: StoreSummary['documents']): string[] {
	if (collections.length === 0) return [];
	const lines = collections.map(
		({ collection, documents, bytes }) => `  ${collection}: ${documents}, ${size(bytes)}`,
	);
	return ['', 'documents', ...lines];
}

function showProblems(problems: StoreSummary['problems']): string[] {
	if (problems === undefined) return ['integrity: not looked at, verify does'];
	if (problems.length === 0) return ['integrity: nothing found by a quick look, verify reads all'];
	return ['integrity:', ...problems.map((problem) => `  ! ${problem}`)];
}

function showExport(e: ExportSummary, nowAt: number): string[] {
	return isOfKept(e.exportId) ? showKept(e, nowAt) : showBuffer(e, nowAt);
}

/** Nobody delivers them. */
function showKept({ exportId, rows, bytes, oldestAt, purgedTotal }: ExportSummary, nowAt: number) {
	const oldest = oldestAt === undefined ? '' : `, the oldest ${age(nowAt - oldestAt)} old`;
	return [
		`kept events ${exportId}`,
		`  ${rows}, ${size(bytes)}${oldest}; ${purgedTotal} were let go`,
	];
}

function showBuffer(e: ExportSummary, nowAt: number): string[] {
	const state = e.isDraining ? `${e.state}, being removed` : e.state;
	const oldest = e.oldestAt === undefined ? '' : `, the oldest ${age(nowAt - e.oldestAt)} old`;
	return [
		`export ${e.exportId} (${e.label}), ${state}, mapping revision ${e.mappingRevision}`,
		`  waiting: ${e.rows} rows, ${size(e.bytes)}${oldest}`,
		`  open batches: ${e.openBatches} with ${e.openRows} rows${retrying(e, nowAt)}`,
		...(e.batches ?? []).map((batch) => showBatch(batch, nowAt)),
		...more(e.openBatches, e.batches),
		`  dead letters: ${e.deadBatches} with ${e.deadRows} rows, ${size(e.deadBytes)}`,
		...e.deadLetters.map((batch) => showBatch(batch, nowAt)),
		...more(e.deadBatches, e.deadLetters),
		`  since it exists: ${e.acceptedTotal} accepted, ${e.ackedTotal} delivered, ${e.buriedTotal} put aside, ` +
			`${e.purgedTotal} purged, ${e.droppedTotal} dropped while disabled`,
	];
}

function retrying(e: ExportSummary, nowAt: number) {
	const { retryingBatches, retryingRows, retryingOldestAt: oldestAt, nextAttemptAt } = e;
	if (retryingBatches === 0) return '';
	const oldest = oldestAt === undefined ? '' : `, the oldest ${age(nowAt - oldestAt)} old`;
	const next =
		nextAttemptAt === undefined
			? ''
			: nextAttemptAt > nowAt
				? `, the next in ${age(nextAttemptAt - nowAt)}`
				: ', the next now';
	return `; ${retryingBatches} with ${retryingRows} rows wait for their next attempt${next}${oldest}`;
}

function showBatch(batch: BatchSummary, nowAt: number): string {
	const { nextAt, deadAt, error } = batch;
	const when =
		deadAt !== undefined
			? `put aside ${age(nowAt - deadAt)} ago`
			: nextAt !== undefined && nextAt > nowAt
				? `due in ${age(nextAt - nowAt)}`
				: 'due now';
	const why = error === undefined ? '' : `: ${showError(error)}`;
	return (
		`    ${batch.batchId}: ${batch.rows} rows, ${size(batch.bytes)}, first row ${age(nowAt - batch.firstAt)} old, ` +
		`${batch.attempts} attempts, ${when}${why}`
	);
}

function showError({ code, message, answer }: NonNullable<BatchSummary['error']>): string {
	const said = answer?.text === undefined ? '' : ` "${answer.text}"`;
	return `${code} ${message}${said}`.replace(/\s+/g, ' ');
}

function more(count: number, shown: readonly BatchSummary[] | undefined): string[] {
	const hidden = count - (shown?.length ?? count);
	return hidden > 0 ? [`    … and ${hidden} more`] : [];
}

function size(bytes: number): string {
	const units = ['B', 'KB', 'MB', 'GB', 'TB'];
	const step = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
	return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

function age(ms: number): string {
	const seconds = Math.max(0, Math.round(ms / 1_000));
	if (seconds < 120) return `${seconds} s`;
	if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
	if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
	return `${Math.round(seconds / 86_400)} days`;
}
