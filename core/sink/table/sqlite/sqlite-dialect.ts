import type { CellType } from '../../../pure/cell-type-names';
import type { TableDialect } from '../table-dialect';
import { TableFault } from '../table-fault';
import { quote, showTable } from '../table-name';

/** Their affinities turn the texts that `writeCell` gives into what they mean. */
const TYPES: Readonly<Record<CellType, string>> = {
	text: 'TEXT',
	number: 'NUMERIC',
	boolean: 'INTEGER',
	timestamp: 'TEXT',
	json: 'TEXT',
};

export const sqliteDialect: TableDialect = {
	checkShape(table, { columns }) {
		const names = columns.map(({ name }) =>
			name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
		);
		const twice = columns.find((_, i) => names.indexOf(names[i] ?? '') !== i);
		if (!twice) return;
		const why = `SQLite does not tell names of columns apart by upper and lower case: "${twice.name}"`;
		throw new TableFault('mismatch', `the table "${showTable(table)}" cannot be: ${why}`);
	},
	createTable(table, { columns, primaryKey }) {
		const lines = columns.map(({ name, type }) => {
			const isKey = primaryKey.includes(name);
			return `\t${quote(name)} ${TYPES[type]}${isKey ? ' NOT NULL' : ''}`;
		});
		if (primaryKey.length > 0) lines.push(`\tPRIMARY KEY (${primaryKey.map(quote).join(', ')})`);
		return `CREATE TABLE ${quote(showTable(table))} (\n${lines.join(',\n')}\n)`;
	},
};
