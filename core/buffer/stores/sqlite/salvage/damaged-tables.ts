import type { Connection } from '../connection';
import { toNumber, toText } from '../connection';
import { parseConfig } from '../damage';
import { isSoundLatest } from '../../latest-codec';
import type { PageImage } from './page-image';
import { readRecords, type Value } from './read-records';
import { TreePages } from './tree-pages';

export type TableName =
	| 'meta'
	| 'export'
	| 'spare'
	| 'revision'
	| 'chunk'
	| 'batch'
	| 'answer'
	| 'held'
	| 'dedupe'
	| 'latest'
	| 'latest_dropped'
	| 'document';

const STATES = ['ACTIVE', 'PAUSED', 'USER_DISABLED', 'SYSTEM_DISABLED'];

const isCount = (value: Value | undefined) => Number.isSafeInteger(value) && Number(value) >= 0;
const isWhole = (value: Value | undefined) => Number.isSafeInteger(value);
const isInstant = (value: Value | undefined) => Number.isFinite(value);
const isText = (value: Value | undefined) => typeof value === 'string';
const isBytes = (value: Value | undefined) => Buffer.isBuffer(value);
/** Keys that are no text are bytes (key-bytes.ts). */
const isKey = (value: Value | undefined) => isText(value) || isBytes(value);
const isNullOr = (is: (value: Value | undefined) => boolean) => (value: Value | undefined) =>
	value === null || is(value);
const isJson = (value: Value | undefined) => {
	try {
		return typeof value === 'string' && typeof JSON.parse(value) === 'object';
	} catch {
		return false;
	}
};
const isState = (value: Value | undefined) => STATES.some((state) => state === value);

/** Columns as schema.ts has them. What a damaged page holds may look like a record: each value must be one that can be. */
const COLUMNS: Record<TableName, readonly ((value: Value | undefined) => boolean)[]> = {
	meta: [
		isCount,
		isText,
		isInstant,
		isCount,
		isCount,
		isCount,
		isCount,
		isInstant,
		isCount,
		isCount,
		isInstant,
		isCount,
	],
	export: [
		...[isCount, isText, isJson, isState, isCount, isCount, isText, isCount, isCount, isCount],
		...[isCount, isNullOr(isInstant), isNullOr(isInstant), isJson],
	],
	spare: [isCount, isText, isJson, isState, isCount, isCount, isText, isCount],
	revision: [isCount, isCount, isText, isNullOr(isJson)],
	chunk: [
		// Its count may be any number: mend-chunk.ts knows better.
		...[isCount, isWhole, isWhole, isCount, isInstant, isInstant, isInstant, isCount, isCount],
		...[isCount, isBytes],
	],
	batch: [
		...[isCount, isCount, isCount, isJson, isCount, isCount, isInstant, isInstant, isInstant],
		...[isText, isText, isCount, isNullOr(isText), isCount, isInstant, isInstant],
		...[
			isNullOr(isInstant),
			isNullOr(isText),
			isNullOr(isText),
			isNullOr(isCount),
			isNullOr(isText),
		],
		...[isCount, isNullOr(isCount), isText, isCount],
	],
	answer: [isCount, isText],
	held: [isCount, isWhole, isCount],
	dedupe: [isText, isKey, isInstant],
	document: [isText, isText, isCount, isCount, isBytes],
	latest: [isText, isText, isInstant, isCount, isCount, isBytes],
	latest_dropped: [isText, isCount],
};

/** Their first column is the rowid and stands as null in the record. */
const KEYED_BY_ROWID: readonly TableName[] = ['meta', 'export', 'spare', 'batch', 'answer'];

/** Tables of exports: name and configuration are their second and third column. */
const HAVE_CONFIG: readonly TableName[] = ['export', 'spare'];

/** The tables of a database file that SQLite cannot read, record by record. */
export class DamagedTables {
	readonly #image: PageImage;
	readonly #pages: TreePages;
	/** Where a table may begin: as this file's schema says, and as that of every store does. */
	readonly #roots = new Map<string, Set<number>>();

	/** @param sound a database with the tables that this one should have: unless it was vacuumed, they begin at the same pages */
	constructor(image: PageImage, sound: Connection) {
		this.#image = image;
		this.#pages = new TreePages(image);
		for (const row of sound.all(`SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'`)) {
			this.#roots.set(toText(row.name), new Set([toNumber(row.rootpage)]));
		}
		for (const page of this.#pages.of(1)) {
			for (const { values } of readRecords(image, page)) {
				const [type, name, , root] = values;
				if (type === 'table' && isCount(root)) this.#roots.get(String(name))?.add(Number(root));
			}
		}
	}

	*read(table: TableName): Generator<Value[]> {
		for (const { rowid, values } of this.#records(table)) {
			const row = toRow(table, rowid, values);
			if (row !== undefined) yield row;
		}
	}

	/** As the store's own record says, also where it is one of another format; undefined where there is no such record. */
	findFormat(): number | undefined {
		for (const { values } of this.#records('meta')) {
			const [, storeId, , format] = values;
			if (isText(storeId) && isCount(format)) return Number(format);
		}
		return undefined;
	}

	*#records(table: TableName): Generator<{ rowid: number; values: Value[] }> {
		const pages = new Set(
			[...(this.#roots.get(table) ?? [])].flatMap((root) => this.#pages.of(root)),
		);
		for (const page of pages) yield* readRecords(this.#image, page);
	}
}

function toRow(table: TableName, rowid: number, values: Value[]): Value[] | undefined {
	const columns = COLUMNS[table];
	if (KEYED_BY_ROWID.includes(table)) values[0] = rowid;
	const fits = values.length === columns.length && columns.every((is, at) => is(values[at]));
	if (fits && table === 'latest' && !isLatest(values)) return undefined;
	if (!fits || (HAVE_CONFIG.includes(table) && !isOfItsExport(values))) return undefined;
	return values;
}

/** One that is damaged is left out: the next event of its device and type takes its place. */
function isLatest([receiver, key, at, , crc, body]: readonly Value[]): boolean {
	const kept = { key: String(key), at: Number(at), body: body as Buffer };
	return isSoundLatest(String(receiver), kept, Number(crc));
}

function isOfItsExport([, name, config]: Value[]): boolean {
	try {
		parseConfig(String(config), String(name));
		return true;
	} catch {
		return false;
	}
}
