import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { createEvent } from '../../../core/event/create-event';
import { compile, evaluate } from '../../../core/jsonnet/jsonnet';

import { templateGlobals } from '../../../core/mapping/globals/globals';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/templates.md'), 'utf8');
const examples = [...page.matchAll(/```jsonnet\n([\s\S]*?)```/g)].map(
	([, example = '']) => example,
);

describe('docs/templates.md', () => {
	it('names every function of std', () => {
		const names = evaluate('[n for n in std.objectFieldsAll(std) if !std.startsWith(n, "__")]');
		assert.deepEqual(
			(names as string[]).filter((name) => !page.includes(`\`${name}\``)),
			[],
		);
	});

	it('has examples that compile', () => {
		const globals = templateGlobals('buffer');
		assert.ok(examples.length >= 6);
		for (const example of examples) compile(example, { globals });
	});

	it('has an example of times that gives what the page says', () => {
		const example = examples.find((each) => each.includes('ParseTime')) ?? '';
		const event = createEvent({
			receivedAt: Date.UTC(2026, 10, 21, 9, 30),
			body: { measured_at: '2026-11-21T09:29:30Z' },
		});
		const text = compile(example, { globals: templateGlobals('buffer') }).evaluateToText(event);
		assert.ok(page.includes(`\`${text}\``), text);
	});
});
