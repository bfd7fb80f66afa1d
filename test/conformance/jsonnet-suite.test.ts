/**
 * The upstream suite (J115), run in place from the installed package: `X.jsonnet` prints `X.jsonnet.golden`, without a
 * golden `true`; `error.*` fails. Nothing of it is copied into this repository.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { CoreError } from '../../core/errors';
import { evaluateToJson } from '../../core/jsonnet/jsonnet';

import type { CompileOptions, ImportedFile } from '../../core/jsonnet/options';

const SUITE = path.resolve(
	import.meta.dirname,
	'../../node_modules/@hanazuki/node-jsonnet/third_party/jsonnet/test_suite',
);
const PROGRAMS = 157;

const VARIABLES = { var1: 'test', var2: { code: '{x: 1, y: 2}' } };

describe('the upstream Jsonnet suite', () => {
	const names = readdirSync(SUITE).filter((name) => name.endsWith('.jsonnet'));

	it(`has ${PROGRAMS} programs`, () => {
		assert.equal(names.length, PROGRAMS);
	});

	for (const name of names) {
		it(name, () => {
			if (name.startsWith('error.')) {
				assert.throws(() => run(name), isTemplateError);
			} else {
				assertOutput(run(name), name);
			}
		});
	}
});

function run(name: string): { output: string; trace: string } {
	const trace: string[] = [];
	const options: CompileOptions = {
		filename: name,
		importer,
		trace: (line) => trace.push(`${line}\n`),
		// The suite has programs that are slow on purpose.
		limits: { timeMs: 5000, steps: 20_000_000, cells: 20_000_000 },
		...(name.startsWith('tla.') ? { tlaVars: VARIABLES } : { extVars: VARIABLES }),
	};
	const output = evaluateToJson(readFileSync(path.join(SUITE, name), 'utf8'), options);
	return { output, trace: trace.join('') };
}

function importer(base: string, rel: string): ImportedFile {
	const file = path.join(path.dirname(base), rel);
	const bytes = readFileSync(path.join(SUITE, file));
	return { path: file, contents: bytes.toString('utf8'), bytes };
}

/** Equal text, or equal JSON where the number text is Go's (J48). */
function assertOutput({ output, trace }: { output: string; trace: string }, name: string): void {
	const golden = path.join(SUITE, `${name}.golden`);
	const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : 'true\n';
	if (trace + output === expected) return;
	assert.deepEqual(parse(trace, output), parse(trace, expected.replace(trace, '')));
}

function parse(trace: string, text: string): unknown {
	try {
		return [trace, JSON.parse(text)];
	} catch {
		return [trace, text];
	}
}

function isTemplateError(error: unknown): boolean {
	assert.ok(error instanceof CoreError, String(error));
	assert.match(error.code, /^ERR_TEMPLATE_(SYNTAX|RUNTIME|LIMIT)$/);
	assert.doesNotMatch(error.message, /internal error/);
	return true;
}
