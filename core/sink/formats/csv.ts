import { formatCsvRow } from '../../mapping/csv';
import { cellReader } from '../records';
import { NO_FRAME, type Format } from './format';

const encoder = new TextEncoder();

export interface CsvOptions {
	/** As `formatCsvRow`; default `needed`. */
	readonly quote?: 'needed' | 'always';
	/** Begins with the names of the columns; default false. */
	readonly header?: boolean;
}

/** CSV by the rules of `formatCsvRow`. Its rows need columns: a whole event has none, and is put aside. */
export function csv({ quote = 'needed', header = false }: CsvOptions = {}): Format {
	return {
		contentType: 'text/csv; charset=utf-8',
		frame({ columns = [] }) {
			if (!header) return NO_FRAME;
			return {
				...NO_FRAME,
				head: formatCsvRow(
					columns.map(({ name }) => name),
					{ quote },
				),
			};
		},
		rowWriter(batch) {
			const toCells = cellReader(batch);
			return (row) => encoder.encode(formatCsvRow(toCells(row), { quote }));
		},
	};
}
