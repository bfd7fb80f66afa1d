import type { EncodedRow } from './packed-appends';

type Stretch = Pick<EncodedRow, 'bytes' | 'start'> & { end: number };

/** Rows of one export and mapping revision on their way into one chunk. */
export interface OpenChunk {
	readonly mappingRevision: number;
	readonly at: number;
	readonly arrivedAt: number;
	lastAt: number;
	rows: number;
	/** Rows that came behind one another in a message are one stretch. */
	readonly stretches: Stretch[];
	bodyBytes: number;
	/** Sum of the rows' sizeBytes. */
	bytes: number;
}
