import { PAGE_BYTES, type PageImage } from './page-image';

/** Bytes 0 of a page of a b-tree (file format, section 1.6). */
export const PAGE_TYPE = {
	indexInterior: 0x02,
	tableInterior: 0x05,
	indexLeaf: 0x0a,
	tableLeaf: 0x0d,
} as const;

const MAP = { entryBytes: 5, treePage: 5, pagesPerMap: Math.floor(PAGE_BYTES / 5) + 1 } as const;
/** The page at 1 GB is never used: there are SQLite's locks. */
const LOCK_PAGE = 0x4000_0000 / PAGE_BYTES + 1;
const MAX_DEPTH = 20;

/**
 * Finds the pages of a table in two ways, each of which survives what breaks the other: from its root down, and from each page
 * up, since a file with auto_vacuum notes the parent of every page (pointer map, section 1.8). Pages that were given back are
 * in neither, so that rows that are gone do not come back.
 */
export class TreePages {
	readonly #image: PageImage;
	/** Page → its parent, where the pointer map says that it is a page of a tree. */
	readonly #parents: Uint32Array;

	constructor(image: PageImage) {
		this.#image = image;
		this.#parents = readParents(image);
	}

	/** In the order of the file. */
	of(root: number): number[] {
		const found = new Set(this.#fromRoot(root));
		for (let page = 3; page <= this.#image.pageCount; page++) {
			if (this.#climbs(page, root)) found.add(page);
		}
		return [...found].sort((a, b) => a - b);
	}

	#fromRoot(root: number): Set<number> {
		const seen = new Set<number>();
		const waiting = [root];
		for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
			if (seen.has(page)) continue;
			const bytes = this.#image.read(page);
			if (bytes === undefined) continue;
			seen.add(page);
			waiting.push(...childrenOf(bytes, headerAt(page)));
		}
		return seen;
	}

	#climbs(page: number, root: number): boolean {
		let at = page;
		for (let depth = 0; depth < MAX_DEPTH && at !== 0; depth++) {
			if (at === root) return true;
			at = this.#parents[at] ?? 0;
		}
		return false;
	}
}

function readParents(image: PageImage): Uint32Array {
	const parents = new Uint32Array(image.pageCount + 1);
	let mapPage = 0;
	let map: Buffer | undefined;
	for (let page = 3; page <= image.pageCount; page++) {
		const mapOfPage = mapPageOf(page);
		if (page === mapOfPage || page === LOCK_PAGE) continue;
		if (mapOfPage !== mapPage) {
			mapPage = mapOfPage;
			map = image.read(mapPage);
		}
		const at = MAP.entryBytes * (page - mapPage - 1);
		if (map === undefined || at + MAP.entryBytes > PAGE_BYTES) continue;
		if (map[at] === MAP.treePage) parents[page] = map.readUInt32BE(at + 1);
	}
	return parents;
}

function mapPageOf(page: number): number {
	const first = Math.floor((page - 2) / MAP.pagesPerMap) * MAP.pagesPerMap + 2;
	return first === LOCK_PAGE ? first + 1 : first;
}

function childrenOf(bytes: Buffer, at: number): number[] {
	const isInterior = bytes[at] === PAGE_TYPE.tableInterior || bytes[at] === PAGE_TYPE.indexInterior;
	if (!isInterior) return [];
	const children = cellOffsets(bytes, at).map((offset) => bytes.readUInt32BE(offset));
	return [...children, bytes.readUInt32BE(at + 8)];
}

/** Where the header of a page of a tree begins: the first page holds the file's own before it. */
export function headerAt(page: number): number {
	return page === 1 ? 100 : 0;
}

/** Where the cells of a page are; those that cannot be are left out. */
export function cellOffsets(bytes: Buffer, at: number): number[] {
	const isLeaf = bytes[at] === PAGE_TYPE.tableLeaf || bytes[at] === PAGE_TYPE.indexLeaf;
	const first = at + (isLeaf ? 8 : 12);
	const count = Math.min(bytes.readUInt16BE(at + 3), Math.floor((PAGE_BYTES - first) / 2));
	return Array.from({ length: count }, (_, index) => bytes.readUInt16BE(first + 2 * index)).filter(
		(offset) => offset >= first && offset <= PAGE_BYTES - 4,
	);
}
