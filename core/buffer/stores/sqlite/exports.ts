import { fullExportId, isDisabled } from '../../../config';
import { isByKey, newestForgotten } from '../export-rules';
import { mappingFingerprint } from '../mapping-revision';
import type { KnownExport, StateSet, StoredExport } from '../../store';
import { isEmpty, newTally } from '../tally';
import { toNumber } from './connection';
import { type Engine, type ExportRecord, findExport } from './engine';
import type { Operations } from './protocol';
import { KeyOrder } from '../key-order';
import { takeKeysOfOpen } from './load-keys';
import { purgeExport } from './purge';
import {
	DELETE_UNUSED_REVISIONS,
	INSERT_EXPORT,
	INSERT_REVISION,
	SELECT_REVISIONS,
	UPDATE_EXPORT_CONFIG,
	UPSERT_SPARE,
} from './sql';

export function putExport(engine: Engine, config: StoredExport): { mappingRevision: number } {
	engine.begin();
	const exportId = fullExportId(config);
	const fingerprint = mappingFingerprint(config);
	const e = engine.exports.get(exportId) ?? addExport(engine, exportId, config);
	if (e.isRemoved) e.state = config.state;
	const wasByKey = isByKey(e);
	e.config = config;
	if (wasByKey && !isByKey(e)) e.keys.forgetBatches();
	if (!wasByKey && isByKey(e)) takeKeysOfOpen(engine, e);
	e.isDraining = false;
	e.isRemoved = false;
	if (e.fingerprint !== fingerprint) {
		e.fingerprint = fingerprint;
		e.mappingRevision++;
		const columns = config.columns === undefined ? null : JSON.stringify(config.columns);
		const { connection } = engine;
		connection.run(INSERT_REVISION, e.number, e.mappingRevision, config.output, columns);
		connection.run(DELETE_UNUSED_REVISIONS, e.number, newestForgotten(e.mappingRevision));
		loadRevisions(engine, e);
	}
	saveConfig(engine, e);
	return { mappingRevision: e.mappingRevision };
}

export function loadRevisions(engine: Pick<Engine, 'connection'>, e: ExportRecord): void {
	const rows = engine.connection.all(SELECT_REVISIONS, e.number);
	e.revisions = new Set(rows.map((row) => toNumber(row.number)));
}

export function nextRowId(engine: Engine, o: { exportId: string; atLeast: number }): number {
	const e = findExport(engine, o.exportId);
	if (e.nextRowId >= o.atLeast) return e.nextRowId;
	engine.begin();
	e.nextRowId = o.atLeast;
	engine.changed.add(e);
	return e.nextRowId;
}

/** In one group: a kill leaves the old state with its rows, or the new one without them. */
export function setState(engine: Engine, o: Operations['setState'][0]): StateSet {
	const e = findExport(engine, o.exportId);
	const was = e.state;
	if (o.from !== undefined && was !== o.from) return { was, dropped: 0 };
	engine.begin();
	const dropped = isDisabled(o) ? purgeExport(engine, e, 'waiting') : 0;
	e.tally.droppedSinceDisabled = isDisabled(o) ? e.tally.droppedSinceDisabled + dropped : 0;
	e.state = o.state;
	engine.changed.add(e);
	saveConfig(engine, e);
	finishDraining(engine, e);
	return { was, dropped };
}

export function removeExport(engine: Engine, exportId: string, how: 'drain' | 'drop'): undefined {
	const e = findExport(engine, exportId);
	engine.begin();
	if (how === 'drop') {
		purgeExport(engine, e, 'all');
		markRemoved(engine, e);
		return;
	}
	e.isDraining = true;
	saveConfig(engine, e);
	finishDraining(engine, e);
}

/** An export that is being removed is gone once nothing of it is left. */
export function finishDraining(engine: Engine, e: ExportRecord): void {
	if (e.isDraining && isEmpty(e.tally)) markRemoved(engine, e);
}

export function toKnownExport(e: ExportRecord): KnownExport {
	return {
		...e.config,
		state: e.state,
		mappingRevision: e.mappingRevision,
		isDraining: e.isDraining,
	};
}

function markRemoved(engine: Engine, e: ExportRecord): void {
	e.isRemoved = true;
	e.isDraining = false;
	e.tally = newTally();
	engine.changed.add(e);
	saveConfig(engine, e);
}

function addExport(engine: Engine, exportId: string, config: StoredExport): ExportRecord {
	const e: ExportRecord = {
		number: toNumber(engine.connection.get(INSERT_EXPORT, exportId)?.id),
		exportId,
		config,
		state: config.state,
		isDraining: false,
		isRemoved: true,
		fingerprint: '',
		mappingRevision: 0,
		revisions: new Set(),
		nextSeq: 1,
		claimSeq: 1,
		nextRowId: 1,
		keys: new KeyOrder(),
		oldestAt: undefined,
		arrivedAt: undefined,
		firstRevision: undefined,
		tally: newTally(),
		lastFailure: undefined,
		sinceCut: { rows: 0, bytes: 0 },
	};
	engine.exports.set(exportId, e);
	engine.exportsById.set(e.number, e);
	engine.changed.add(e);
	return e;
}

function saveConfig(engine: Engine, e: ExportRecord): void {
	engine.exportsByReceiver.delete(e.config.receiverId);
	const { number, state, isDraining, isRemoved, fingerprint, mappingRevision } = e;
	const values = [
		JSON.stringify(e.config),
		state,
		Number(isDraining),
		Number(isRemoved),
		fingerprint,
		mappingRevision,
		number,
	] as const;
	engine.connection.run(UPDATE_EXPORT_CONFIG, ...values);
	engine.connection.run(UPSERT_SPARE, ...values, e.exportId);
}
