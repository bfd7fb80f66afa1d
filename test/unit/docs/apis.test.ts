import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DIALECTS } from '../../../core/api/dialects';
import { ADMIN_WORDS } from '../../../cli/admin/command';
import { SCOPES } from '../../../core/api/access/roles';

const read = (page: string) => readFileSync(path.join(__dirname, '../../../docs', page), 'utf8');

describe('docs/apis.md', () => {
	it('has every operation of every API in a table, and no other', () => {
		const told = [...read('apis.md').matchAll(/^\| `([A-Z]+ \/[^`]*)`/gm)].map(([, one]) => one);
		const served = DIALECTS.flatMap(({ routes }) =>
			routes.map(({ method, pattern }) => `${method} ${pattern}`),
		);
		assert.deepEqual([...told].sort(), [...served].sort());
	});

	it('docs/security.md has the roles, in their order', () => {
		const [, table = ''] = /### Roles\n([^]*?)\n###/.exec(read('security.md')) ?? [];
		const told = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, role]) => role);
		assert.deepEqual(told, SCOPES);
	});
	it('docs/store-tool.md has every word of sluice admin', () => {
		const [, section = ''] = /## Accounts of the APIs\n([^]*)$/.exec(read('store-tool.md')) ?? [];
		const told = [...section.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, words = '']) =>
			[...words.matchAll(/`([\w-]+)`/g)].map(([, word]) => word),
		);
		assert.deepEqual(told, ADMIN_WORDS);
	});
});
