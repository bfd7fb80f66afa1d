import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CELL_TYPES } from '../../../core/pure/cell-type-names';
import { DIALECTS } from '../../../core/sink/table/dialects';
import { BAD_ROWS, TABLE_CREATES, TABLE_LOADS } from '../../../core/sink/table/table-config';
import { tableKind } from '../../../core/sink/table/table-kind';
import { TABLE_TIMEOUT_MS } from '../../../core/pure/bounds';

const page = readFileSync(path.join(__dirname, '../../../docs/tables.md'), 'utf8');

/** Rows of its tables by their first cell. */
const rows = new Map(
	page.split('\n').flatMap((line): [string, string[]][] => {
		const [name, ...cells] = line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim());
		return name === undefined ? [] : [[name.replaceAll('`', ''), cells]];
	}),
);
const codes = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one);

describe('docs/tables.md', () => {
	it('has a row for each field of the configuration', () => {
		for (const field of Object.keys(tableKind.fields)) assert.ok(rows.has(field), field);
	});

	it('names what each field takes, and its bounds', () => {
		for (const [field, values] of [
			['load', TABLE_LOADS],
			['create', TABLE_CREATES],
			['onBadRow', BAD_ROWS],
			['columns', CELL_TYPES],
		] as const)
			assert.deepEqual(codes(rows.get(field)?.[0]).toSorted(), [...values].toSorted(), field);
		const { min, max, fallback } = TABLE_TIMEOUT_MS;
		const [takes, usual] = rows.get('timeoutMs') ?? [];
		assert.ok(takes?.endsWith(`${min} ms to ${max / 1_000} s`), takes);
		assert.equal(usual, `${fallback / 1_000} s`);
	});

	it('has a row for each type of column, with what it is in both databases', () => {
		for (const type of CELL_TYPES) {
			const [sqlite, postgres] = rows.get(type) ?? [];
			const shape = { columns: [{ name: 'c', type }], primaryKey: [] };
			for (const [kind, cell] of Object.entries({ sqlite, postgres })) {
				const sql = DIALECTS[kind as keyof typeof DIALECTS].createTable(
					{ schema: '', table: 't' },
					shape,
				);
				const [name = ''] = codes(cell);
				assert.match(sql, new RegExp(`"c" ${name}\\b`), `${type} of ${kind}`);
			}
		}
	});
});
