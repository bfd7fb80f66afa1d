import { type ExportState, fullExportId, isDisabled } from '../../../config';
import { isByKey, newestForgotten } from '../export-rules';
import { KeyOrder } from '../key-order';
import { mappingFingerprint } from '../mapping-revision';
import type { StateSet, StoredExport } from '../../store';
import { newTally } from '../tally';
import { purgeExport } from './dead-letters';
import {
	batchesOf,
	findExport,
	finishDraining,
	markRemoved,
	type MemoryExport,
	type MemoryState,
	takeKeys,
} from './state';

export function putExport(state: MemoryState, config: StoredExport): { mappingRevision: number } {
	const exportId = fullExportId(config);
	const fingerprint = mappingFingerprint(config);
	const e = state.exports.get(exportId) ?? newExport(exportId, config);
	if (!state.exports.has(exportId) || e.isRemoved) e.state = config.state;
	state.exports.set(exportId, e);
	const wasByKey = isByKey(e);
	e.config = JSON.parse(JSON.stringify(config)) as StoredExport;
	if (wasByKey && !isByKey(e)) e.keys.forgetBatches();
	if (!wasByKey) for (const batch of batchesOf(state, e, 'open')) takeKeys(batch);
	e.isDraining = false;
	e.isRemoved = false;
	if (e.fingerprint !== fingerprint) {
		e.fingerprint = fingerprint;
		e.mappingRevision++;
		e.revisions.set(e.mappingRevision, { output: config.output, columns: e.config.columns });
		forgetRevisions(state, e);
	}
	return { mappingRevision: e.mappingRevision };
}

export function setState(
	state: MemoryState,
	exportId: string,
	wanted: ExportState,
	from: ExportState | undefined,
): StateSet {
	const e = findExport(state, exportId);
	const was = e.state;
	if (from !== undefined && was !== from) return { was, dropped: 0 };
	const isOff = isDisabled({ state: wanted });
	const dropped = isOff ? purgeExport(state, e, 'waiting') : 0;
	e.tally.droppedSinceDisabled = isOff ? e.tally.droppedSinceDisabled + dropped : 0;
	e.state = wanted;
	finishDraining(e);
	return { was, dropped };
}

export function removeExport(state: MemoryState, exportId: string, how: 'drain' | 'drop'): void {
	const e = findExport(state, exportId);
	if (how === 'drop') {
		purgeExport(state, e, 'all');
		markRemoved(e);
	} else {
		e.isDraining = true;
		finishDraining(e);
	}
}

function newExport(exportId: string, config: StoredExport): MemoryExport {
	return {
		exportId,
		config,
		state: config.state,
		isDraining: false,
		isRemoved: false,
		fingerprint: '',
		mappingRevision: 0,
		revisions: new Map(),
		waiting: [],
		keys: new KeyOrder(),
		nextRowId: 1,
		tally: newTally(),
	};
}

function forgetRevisions(state: MemoryState, e: MemoryExport): void {
	const used = new Set(e.waiting.map(({ row }) => row.mappingRevision));
	for (const { mappingRevision } of e.keys.all()) used.add(mappingRevision);
	for (const batch of state.batches.values()) {
		if (batch.export === e) used.add(batch.mappingRevision);
	}
	for (const revision of e.revisions.keys()) {
		if (!used.has(revision) && revision <= newestForgotten(e.mappingRevision)) {
			e.revisions.delete(revision);
		}
	}
}
