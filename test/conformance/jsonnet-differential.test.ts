/**
 * Generated programs give what Debian's `jsonnet` 0.18 gives (J114). Left out on purpose: what came after 0.18 (J55),
 * negative slices (J26), number text of manifestJson and YAML (J48), and the differences of section 8.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { evaluateToJson } from '../../core/jsonnet/jsonnet';
import { skipWithout } from '../support/skip';

const BINARY = 'jsonnet';
/** `npm run fuzz` sets more. */
const PROGRAMS = Number(process.env['SLUICE_DIFF_PROGRAMS'] ?? 1000);
const BATCH_SIZE = 40;
const BATCHES = Math.ceil(PROGRAMS / BATCH_SIZE);
const FAILING = Math.ceil(PROGRAMS / 16);
const DEPTH = 4;

type Type = 'num' | 'str' | 'bool' | 'arr' | 'nums' | 'strs' | 'obj' | 'any';

/** `{type}` is an expression of that type; the first third of each list ends the recursion. */
const GRAMMAR: Record<Type, { leaf: string[]; inner: string[] }> = {
	num: {
		leaf: ['0', '1', '-3', '2.5', '1e10', '0.1', '7', '255', '123456789012', '-0.75', 'x'],
		inner: [
			'{num} + {num}',
			'{num} - {num}',
			'{num} * {num}',
			'{num} / {num}',
			'{num} % {num}',
			'(({num} % 65536) & 255) | (({num} % 65536) ^ 3)',
			'({num} % 65536) >> 2',
			'-({num})',
			'~({num} % 65536)',
			'std.length({any})',
			'std.floor({num})',
			'std.ceil({num})',
			'std.abs({num})',
			'std.max({num}, {num})',
			'std.clamp({num}, 0, 10)',
			'std.clamp({num}, {num}, {num})',
			'std.min({num}, {num})',
			'(local f(a, b=a * 2) = a + b; f({num}) tailstrict)',
			'std.sign({num})',
			'std.exponent({num})',
			'std.mantissa({num})',
			'std.foldl(function(a, b) a + b, {nums}, {num})',
			'std.foldr(function(a, b) a - b, {nums}, {num})',
			'std.count({strs}, {str})',
			'std.parseInt("%d" % ({num} % 65536))',
			'(local f(a, b=a * 2) = a + b; f({num}))',
			'(if {bool} then {num} else {num})',
			'{obj}.a',
			'({obj} + { a+: {num} }).a',
			'std.codepoint(({str} + "q")[0])',
		],
	},
	str: {
		leaf: ['""', '"a"', '"héllo"', '"😀 b"', "'x\\ny'", '@"c:\\"', '"1,2,3"', '"Abc"'],
		inner: [
			'{str} + {str}',
			'{str} + {any}',
			'std.toString({any})',
			'std.substr({str}, 1, 3)',
			'std.asciiUpper({str})',
			'std.asciiLower({str})',
			'std.join(", ", {strs})',
			'std.strReplace({str}, "a", {str})',
			'std.stripChars({str}, "ab ")',
			'std.lstripChars({str}, {arr})',
			'std.rstripChars({str}, {strs})',
			'std.manifestXmlJsonml([{any}, {str}])',
			'std.escapeStringJson({str})',
			'std.escapeStringBash({str})',
			'std.escapeStringDollars({str})',
			'std.type({any})',
			'std.base64(std.encodeUTF8({str}))',
			'std.md5({str})',
			'"%s|%5s|%-6s|" % [{any}, {str}, {str}]',
			'"%d %05d %+d %x" % [{num}, {num}, {num}, std.abs({num})]',
			'"%.2f %08.3f %e" % [{num}, {num}, {num}]',
			'"%(a)s" % {obj}',
			'std.repeat({str}, 2)',
			'std.lines({strs})',
			'std.manifestIni({ sections: { s: { k: {str} } } })',
			'std.manifestPython({any})',
			'std.decodeUTF8(std.encodeUTF8({str}))',
			'({str} + "zz")[1]',
			'std.deepJoin([{strs}, {str}])',
			'std.resolvePath({str}, {str})',
		],
	},
	bool: {
		leaf: ['true', 'false'],
		inner: [
			'{num} < {num}',
			'{num} >= {num}',
			'{str} < {str}',
			'{str} == {str}',
			'{any} == {any}',
			'{any} != {any}',
			'{bool} && {bool}',
			'{bool} || {bool}',
			'!{bool}',
			'{nums} < {nums}',
			'"a" in {obj}',
			'std.objectHas({obj}, "b")',
			'std.objectHasAll({obj}, "h")',
			'std.startsWith({str}, {str})',
			'std.endsWith({str}, "a")',
			'std.member({strs}, {str})',
			'std.isString({any})',
			'std.setMember({num}, std.set({nums}))',
		],
	},
	arr: {
		leaf: ['[]', '[null]', '[1, "a", true]'],
		inner: ['[{any}, {any}]', '{arr} + {arr}', '{nums}', '{strs}', 'std.reverse({arr})'],
	},
	nums: {
		leaf: ['[]', '[3, 1, 2]', '[0.5, -1]'],
		inner: [
			'[{num}, {num}, {num}]',
			'{nums} + {nums}',
			'[i * 2 for i in {nums}]',
			'[i + j for i in {nums} for j in [1, 2] if i < j]',
			'std.sort({nums})',
			'std.uniq(std.sort({nums}))',
			'std.set({nums})',
			'std.setUnion(std.set({nums}), std.set({nums}))',
			'std.setInter(std.set({nums}), std.set({nums}))',
			'std.setDiff(std.set({nums}), std.set({nums}))',
			'std.map(function(i) i + {num}, {nums})',
			'std.filter(function(i) i > 1, {nums})',
			'std.mapWithIndex(function(i, v) i * v, {nums})',
			'std.filterMap(function(i) i > 0, function(i) -i, {nums})',
			'std.flatMap(function(i) [i, i], {nums})',
			'std.range(1, 4)',
			'std.find({str}, {strs})',
			'std.findSubstr("a", {str})',
			'std.makeArray(3, function(i) i + x)',
			'std.sort({nums}, function(i) -i)',
			'{nums}[1:3]',
			'{nums}[::2]',
			'std.encodeUTF8({str})',
		],
	},
	strs: {
		leaf: ['[]', '["a", "b"]', '["b", "é", "a"]'],
		inner: [
			'[{str}, {str}]',
			'std.sort({strs})',
			'std.split({str}, ",")',
			'std.splitLimit({str}, "b", 1)',
			'std.stringChars({str})',
			'std.map(function(s) s + "!", {strs})',
			'std.objectFields({obj})',
			'std.objectFieldsAll({obj})',
			'[k + "_" for k in std.objectFields({obj})]',
			'std.set({strs})',
		],
	},
	obj: {
		leaf: ['{ a: 1 }', '{ a: 2, b: 3, h:: 4 }', '{ a: 0, "10": 1, "2": 2 }'],
		inner: [
			'{ a: {num}, b: {any} }',
			'{ a: {num}, h:: {any}, c: self.a }',
			'{ local y = {num}, a: y, b: [y, $.a] }',
			'({ a: 1 } + { a: super.a + {num}, d: "a" in super })',
			'({obj} + {obj} + { a+: {num} })',
			'({obj} { z: {any} })',
			'({ [k]: k + {str} for k in ["p", "q"] } + { a: {num} })',
			'(std.mapWithKey(function(k, v) [k, v], {obj}) + { a: 5 })',
			'(std.mergePatch({obj}, { b: null, c: {any} }) + { a: 6 })',
			'(std.prune({ a: {num}, b: {arr}, c: null }) + { a: 7 })',
			'({ assert self.a != 77, a: {num} })',
			// Not the `h` of the others: a field that a comprehension made shows a hidden one below it in C++ alone (J77).
			'({ a: {num}, g:: 1 } + { g::: {num} })',
		],
	},
	any: {
		leaf: ['null', 'true', '1', '"s"', '[]', '{}'],
		inner: [
			'{num}',
			'{str}',
			'{bool}',
			'{arr}',
			'{obj}',
			'[{any}]',
			'{ f: {any} }',
			'{nums}',
			'{strs}',
		],
	},
};

describe('Jsonnet programs give what the jsonnet 0.18 command line gives', function () {
	this.timeout(60 * Math.max(PROGRAMS, 1000));
	const seed = Number(process.env['JSONNET_SEED'] ?? Date.now() % 1_000_000);
	const random = generator(seed);

	before(function () {
		const found = spawnSync(BINARY, ['--version']).status === 0;
		if (found) return;
		skipWithout(this, BINARY);
	});

	it(`in ${BATCHES} batches of ${BATCH_SIZE}, seed ${seed}`, () => {
		for (let batch = 0; batch < BATCHES; batch++) {
			const programs = working(random);
			const together = `local x = 5; [\n${programs.map((each) => `(${each})`).join(',\n')}\n]`;
			const { status, stdout } = command(together);
			if (status === 0 && unsigned(stdout) === unsigned(ours(together) ?? '')) continue;
			for (const program of programs) {
				const single = `local x = 5; (${program})`;
				assert.equal(unsigned(ours(single) ?? ''), unsigned(command(single).stdout), single);
			}
		}
	});

	it(`and fail where it fails, seed ${seed}`, () => {
		let failed = 0;
		for (let i = 0; i < 100_000 && failed < FAILING; i++) {
			const program = `local x = 5; (${expression('any', DEPTH, random)})`;
			if (ours(program) !== undefined) continue;
			failed += 1;
			const { status, stdout } = command(program);
			assert.notEqual(status, 0, `${program}\n${stdout}`);
		}
	});
});

/** C++ gives -0 where Go gives 0, e.g. for `std.abs(0)`. */
function unsigned(text: string): string {
	return text.replaceAll(/-0(?![\d.])/g, '0');
}

/** Programs that our engine can evaluate. */
function working(random: () => number): string[] {
	const programs: string[] = [];
	while (programs.length < BATCH_SIZE) {
		const program = expression('any', DEPTH, random);
		if (ours(`local x = 5; (${program})`) !== undefined) programs.push(program);
	}
	return programs;
}

function ours(program: string): string | undefined {
	try {
		return evaluateToJson(program, { limits: { timeMs: 2000 } });
	} catch {
		return undefined;
	}
}

function command(program: string): { status: number | null; stdout: string } {
	return spawnSync(BINARY, ['-'], { input: program, encoding: 'utf8' });
}

function expression(type: Type, depth: number, random: () => number): string {
	const { leaf, inner } = GRAMMAR[type];
	const choices = depth <= 0 ? leaf : [...leaf.slice(0, 2), ...inner];
	const choice = choices[Math.floor(random() * choices.length)] ?? 'null';
	return choice.replaceAll(/\{(num|str|bool|arr|nums|strs|obj|any)\}/g, (_, hole: Type) => {
		const text = expression(hole, depth - 1, random);
		return `(${text})`;
	});
}

/** mulberry32: a seed repeats a run. */
function generator(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}
