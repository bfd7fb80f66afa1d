/**
 * How rows become bytes, whatever carries them. To add a format: a file here that exports its `Format`, and a line in
 * `test/unit/sink/formats.test.ts`, whose suite holds for all of them. `encode-rows.ts` puts the rows of a batch together.
 */
import type { Batch, StoredRow } from '../../buffer/store';
import type { RowBody } from './row-body';

/** What of a batch says what its rows are. */
export type RowsOf = Pick<Batch, 'output' | 'columns' | 'exportId'>;

export interface FormatOptions {
	/** Whole events keep the credentials of who sent them (`withoutCredentials`); default false. */
	readonly sendCredentials?: boolean | undefined;
	/** What of a row is written, by formats of JSON; default `row`. */
	readonly body?: RowBody | undefined;
	/** Of the body `connector`; default none. */
	readonly labels?: readonly string[] | undefined;
}

/** What stands around rows; texts without what would have to be escaped. */
export interface Frame {
	/** Before the first row, also where there is none. */
	readonly head: string;
	readonly between: string;
	/** After each row. */
	readonly end: string;
	/** After the last row, also where there is none. */
	readonly tail: string;
}

/** The bytes of one row. What it throws concerns this row alone. */
export type RowWriter = (row: StoredRow) => Uint8Array;

export interface Format {
	readonly contentType: string;
	frame(batch: RowsOf): Frame;
	rowWriter(batch: RowsOf, options?: FormatOptions): RowWriter;
	/** Whether rows are objects of JSON that are written as they are stored; default: never. */
	isAsStored?(batch: RowsOf, options?: FormatOptions): boolean;
}

export const NO_FRAME: Frame = { head: '', between: '', end: '', tail: '' };
