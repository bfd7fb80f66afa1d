import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { compile, evaluate } from '../../../core/jsonnet/jsonnet';

import type { HostFunction } from '../../../core/jsonnet/host-function';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/templates.md'), 'utf8');
const optional = (name: string) => ({ name, optional: true });
const host = (...names: string[]): HostFunction => ({
	params: names.map(optional),
	call: () => null,
});

describe('docs/templates.md', () => {
	it('names every function of std', () => {
		const names = evaluate('[n for n in std.objectFieldsAll(std) if !std.startsWith(n, "__")]');
		assert.deepEqual(
			(names as string[]).filter((name) => !page.includes(`\`${name}\``)),
			[],
		);
	});

	it('has examples that compile', () => {
		const globals = {
			Body: host('path', 'default'),
			BodyStr: host(),
			Header: host('header', 'default'),
			HeaderStr: host(),
			Ip: host(),
			Now: host('format'),
		};
		const examples = [...page.matchAll(/```jsonnet\n([\s\S]*?)```/g)];
		assert.ok(examples.length >= 6);
		for (const [, example = ''] of examples) compile(example, { globals });
	});
});
