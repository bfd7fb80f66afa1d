import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLatest } from '../../../inspect/verify-latest';
import { verifyDocuments } from '../../../inspect/verify-documents';
import type { Finding, VerifyReport } from '../../../inspect/store-inspector';
import { type BatchRecord, toBatch } from '../batches';
import { sqliteCode, toNumber, toText } from '../connection';
import type { Engine, ExportRecord } from '../engine';
import {
	SELECT_ALL_OF_EXPORT,
	SELECT_HELD,
	SELECT_STRAY_ANSWERS,
	SELECT_STRAY_BATCHES,
	SELECT_STRAY_CHUNKS,
	SELECT_STRAY_HELD,
} from '../sql';
import { missingSince } from '../check-witness';
import { parseWitness } from '../witness';
import type { Untouched } from './open-untouched';
import { readingEngine } from './reading-engine';
import { walkLatest } from './walk-latest';
import { walkDocuments } from './walk-documents';
import { verifyExport } from './verify-export';
import { type Header, isPossibleCount, walkHeaders } from './walk-headers';

const MAX_FINDINGS = 1_000;

/** S54: integrity_check, checksums, I3, I5, I10, I11 and the witness. Reads everything, changes nothing. */
export function verifyDatabase(untouched: Untouched, nowAt: number): VerifyReport {
	const { connection, directory } = untouched;
	const findings: Finding[] = [];
	const notes: string[] = [];
	const checked = { exports: 0, chunks: 0, rows: 0, batches: 0, documents: 0, latest: 0 };
	const guarded = (what: string, f: () => void) => {
		try {
			f();
		} catch (error) {
			if (sqliteCode(error) === undefined && !isOutOfRange(error)) throw error;
			findings.push({ rule: 'S49', message: `${what} cannot be read: ${String(error)}` });
		}
	};

	guarded('the database', () => {
		for (const row of connection.all('PRAGMA integrity_check')) {
			const text = toText(row.integrity_check);
			if (text !== 'ok') findings.push({ rule: 'S49', message: text });
		}
	});
	guarded('the list of exports', () => {
		const engine = readingEngine(untouched, nowAt);
		for (const e of engine.exportsById.values()) {
			checked.exports++;
			guarded(`export ${e.exportId}`, () => {
				const batches = allBatches(engine, e);
				checked.batches += batches.length;
				const held = connection.all(SELECT_HELD, e.number).map((row) => toNumber(row.seq));
				const headers = walkHeaders(engine, e, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
				const counted = countChunks(headers, checked);
				for (const finding of verifyExport(engine, e, counted, batches, held)) {
					if (findings.length < MAX_FINDINGS) findings.push(finding);
				}
			});
		}
		for (const sql of [SELECT_STRAY_CHUNKS, SELECT_STRAY_BATCHES, SELECT_STRAY_HELD]) {
			const count = toNumber(connection.get(sql)?.n);
			if (count > 0) findings.push({ rule: 'I3', message: `${count} records of no export` });
		}
		const answers = toNumber(connection.get(SELECT_STRAY_ANSWERS)?.n);
		if (answers > 0) findings.push({ rule: 'I3', message: `${answers} answers of no dead letter` });
		compareWitness(engine, directory, { findings, notes });
	});
	guarded('the list of latest events', () => {
		for (const page of walkLatest(connection)) {
			verifyLatest(page, checked, (finding) => findings.push(finding));
		}
	});
	guarded('the list of documents', () => {
		for (const page of walkDocuments(connection)) {
			verifyDocuments(page, checked, (finding) => findings.push(finding));
		}
	});
	return { findings, notes, checked };
}

/** What a look at the witness adds to a summary, too. */
export function compareWitness(
	{ meta }: Pick<Engine, 'meta'>,
	directory: string,
	into: { findings: Finding[]; notes: string[] },
): void {
	const path = join(directory, 'store.wit');
	const found = existsSync(path) ? parseWitness(readFileSync(path)) : 'missing';
	if (found === 'missing' || found === 'damaged') {
		if (meta.commitNumber === 0) return;
		into.notes.push(
			`the witness is ${found}: it cannot be checked whether acknowledged rows are missing`,
		);
	} else if (found.storeId !== meta.storeId) {
		into.notes.push('the witness belongs to another store');
	} else {
		const missing = missingSince(found, meta);
		if (missing !== undefined) into.findings.push({ rule: 'S52', message: missing.message });
	}
}

function* countChunks(headers: Iterable<Header>, checked: { chunks: number; rows: number }) {
	for (const header of headers) {
		const { count } = header.chunk;
		checked.chunks++;
		if (isPossibleCount(count)) checked.rows += count;
		yield header;
	}
}

/** An integer in a record that is larger than any number: node:sqlite refuses to read it. */
function isOutOfRange(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

function allBatches(engine: Engine, e: ExportRecord): BatchRecord[] {
	return engine.connection.all(SELECT_ALL_OF_EXPORT, e.number).map((row) => toBatch(engine, row));
}
