import { Connection, toText } from './connection';
import { DamagedDatabase } from './damage';
import { SCHEMA } from './schema';

const SELECT_SCHEMA = `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL`;

/**
 * Whether every table and index is as this release makes it. SQLite takes a schema with a damaged letter for another schema, and
 * would answer with other rows or with errors that do not speak of damage (S51).
 *
 * @throws DamagedDatabase
 */
export function checkSchema(connection: Connection): void {
	const found = readSchema(connection);
	const model = new Connection(':memory:');
	try {
		model.exec(SCHEMA);
		for (const [name, sql] of readSchema(model)) {
			if (found.get(name) !== sql) throw new DamagedDatabase(`the schema of ${name} is damaged`);
		}
	} finally {
		model.close();
	}
}

/** By name; spaces mean nothing. */
function readSchema(connection: Connection): Map<string, string> {
	return new Map(
		connection
			.all(SELECT_SCHEMA)
			.map(({ type, name, tbl_name, sql }) => [
				toText(name),
				[type, tbl_name, toText(sql).replace(/\s+/g, '')].map(String).join(' '),
			]),
	);
}
