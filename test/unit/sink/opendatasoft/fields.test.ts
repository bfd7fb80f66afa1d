import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { opendatasoftKind } from '../../../../core/sink/opendatasoft/opendatasoft-kind';

const page = readFileSync(new URL('../../../../docs/forwarding.md', import.meta.url), 'utf8');

it('docs/forwarding.md names every field of a dataset, and no other', () => {
	const [, section = ''] = page.split('## A dataset of Opendatasoft');
	const table = section.slice(0, section.indexOf('\n- '));
	const first = table.split('\n').filter((line) => line.startsWith('| `'));
	const named = first.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
	assert.deepEqual(
		named.map(([, name]) => name).toSorted(),
		Object.keys(opendatasoftKind.fields).toSorted(),
	);
});
