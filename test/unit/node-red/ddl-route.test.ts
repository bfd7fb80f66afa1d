import assert from 'node:assert/strict';
import { ddlOf } from '../../../node-red/runtime/ddl-route';

describe('ddlOf: what the dialog is shown of a table before it is made', () => {
	const names = ['id', 'n'];
	const batch = { kind: 'sqlite', table: 'in.t', data: 'batch', names };
	const cases: readonly (readonly [what: string, body: object, says: RegExp])[] = [
		[
			'of a batch, with the key of its buffer',
			{ ...batch, keys: ['id'] },
			/"in\.t".*KEY \("id"\)/s,
		],
		['another key', { ...batch, keys: ['id'], primaryKey: ['n'] }, /KEY \("n"\)/],
		['types', { ...batch, columnTypes: [{ name: 'n', type: 'number' }] }, /"n" NUMERIC/],
		[
			'of PostgreSQL, by fields of the node',
			{ kind: 'postgres', table: 'in.t', data: 'fields', fields: [{ name: 'a', path: '' }], names },
			/"in"\."t" \(\s+"a" text\s+\)/,
		],
	];
	for (const [what, body, says] of cases)
		it(what, () => {
			const answer = ddlOf(body);
			assert.match('ddl' in answer ? answer.ddl : answer.error, says);
			assert.ok('ddl' in answer);
		});

	const wrong: readonly (readonly [body: unknown, says: RegExp])[] = [
		[undefined, /table: expected/],
		[{ ...batch, names: [] }, /columns: expected/],
		[{ ...batch, names: undefined }, /columns: expected/],
		[{ ...batch, kind: 'mysql' }, /database: expected one of sqlite, postgres/],
		[{ ...batch, table: 'sluice_loads' }, /table: expected/],
		[{ ...batch, primaryKey: ['gone'] }, /primaryKey: expected/],
		[{ ...batch, names: ['a', 'A'] }, /upper and lower/],
		[{ ...batch, data: 'fields', fields: [] }, /fields: expected/],
	];
	for (const [body, says] of wrong)
		it(`says why there is none: ${says.source}`, () => {
			const answer = ddlOf(body);
			assert.match('error' in answer ? answer.error : answer.ddl, says);
		});
});
