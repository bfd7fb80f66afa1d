/**
 * Single programs give, or refuse, what Debian's `jsonnet` 0.18 gives or refuses (J114): places where an engine is easily
 * lazier, stricter or tidier than the reference. Where the reference is older or Go differs, the value stands beside it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { compile, evaluateToJson } from '../../core/jsonnet/jsonnet';
import { skipWithout } from '../support/skip';

const BINARY = 'jsonnet';

const PROGRAMS = [
	// Line ends of text blocks stay as they are in the file.
	'|||\r\n  a\r\n  b\r\n|||',
	'|||\n  a\r\n\n  b\n|||',
	'|||\r\n  a\n\n  b\r\n|||',
	'|||\r\n\n  a\r\n    b\r\n|||',
	'|||  \r\n\ta\r\n|||',
	'|||\r\n  a\r\n \r\n  b\r\n|||',
	'"a\r\nb"',
	'@"a\r\nb"',
	// Arrays of characters.
	'std.stripChars("aabbc", ["a", "c"])',
	'std.lstripChars("aabbc", ["a", "c"])',
	'std.rstripChars("aabbc", ["b", "c"])',
	'std.stripChars("aabbc", ["aa", 1, null, "c"])',
	'std.stripChars("aabbc", [])',
	'std.stripChars("aab", ["a", error "unused"])',
	'std.stripChars("xab", ["a", "b", error "used"])',
	'std.stripChars("", 1)',
	'std.stripChars("😀a😀", ["😀"])',
	'std.stripChars("a", 1)',
	'std.stripChars("a", { a: 1 })',
	// Bounds and arguments that are not needed.
	'std.clamp(0, 1, error "unused")',
	'std.clamp(5, 1, error "used")',
	'std.clamp(5, error "used", 6)',
	'std.clamp(error "used", 1, 2)',
	'std.clamp("b", "a", "c")',
	'std.clamp(x=0, minVal=1, maxVal=error "unused")',
	'local f = std.clamp; f(0, 1, error "unused")',
	'std.map(function(x) std.clamp(x, 1, error "unused"), [0])',
	'std.mergePatch(error "unused", 1)',
	'std.mergePatch(error "used", {})',
	'std.mergePatch({ a: error "unused" }, { a: 1 })',
	'std.mergePatch({ a: { b: 1 } }, { a: { c: 2 } })',
	// `tailstrict` evaluates default values too.
	'local f(x, y=error "default") = x; f(1)',
	'local f(x, y=error "default") = x; f(1) tailstrict',
	'local f(x, y=error "default") = x; f(1, 2) tailstrict',
	'local f(x, y=error "default") = x; f(1, y=2) tailstrict',
	'local f(x=error "default") = 1; f() tailstrict',
	'local f(x, y=z + 1, z=x + 1) = y; f(1) tailstrict',
	'local f(n, s=error "default") = if n == 0 then 1 else f(n - 1, 0) tailstrict; f(2)',
	'local f(n, s=error "default") = if n == 0 then 1 else f(n - 1) tailstrict; f(2, 0)',
	'local f(n, s=n + 1) = if n == 0 then s else f(n - 1) tailstrict; f(3)',
	// Signs of zero.
	'std.mantissa(-0)',
	'std.mantissa(0)',
	'std.exponent(-0)',
	'std.mantissa(-10)',
	'std.max(0, -0)',
	'std.max(-0, 0)',
	'std.min(0, -0)',
	'std.min(-0, 0)',
	'std.floor(-0)',
	'std.ceil(-0.5)',
	'-5 % 5',
	// Tags of XML are texts, or texts in arrays.
	'std.manifestXmlJsonml(["a", { b: 1, c: true, d: null, e: [1] }, "x"])',
	'std.manifestXmlJsonml([1, "x"])',
	'std.manifestXmlJsonml([null, "x"])',
	'std.manifestXmlJsonml([true])',
	'std.manifestXmlJsonml([{ a: 1 }, "x"])',
	'std.manifestXmlJsonml([["a", "b"], "x"])',
	'std.manifestXmlJsonml([[], "x"])',
	'std.manifestXmlJsonml(["a", [1]])',
	'std.manifestXmlJsonml(["a", 1])',
	'std.manifestXmlJsonml(["a", null])',
	'std.manifestXmlJsonml([])',
	'std.manifestXmlJsonml("x")',
	// Collections that begin on the line of the colon of an explicit key.
	'std.parseYaml("? a\\n: - x\\n  - w\\n")',
	'std.parseYaml("? a\\n:   - x\\n    - w\\nb: 1\\n")',
	'std.parseYaml("? a\\n:\\n  - x\\n")',
	'std.parseYaml("? a\\n: - - x\\n    - w\\n  - z\\n")',
	'std.parseYaml("k:\\n  ? a\\n  : - x\\n")',
	'std.parseYaml("- ? a\\n  : - b\\n")',
	'std.parseYaml("a: 1\\n? b\\n: - x\\n")',
];

describe('Jsonnet programs, each as the jsonnet 0.18 command line has it', () => {
	before(function () {
		if (spawnSync(BINARY, ['--version']).status !== 0) skipWithout(this, BINARY);
	});

	for (const program of PROGRAMS) {
		it(JSON.stringify(program), () => {
			const { status, stdout } = spawnSync(BINARY, ['-'], { input: program, encoding: 'utf8' });
			const expected = status === 0 ? stdout : undefined;
			assert.equal(ours(program), expected);
		});
	}
});

describe('Jsonnet programs that the 0.18 command line does not know, or has otherwise than Go', () => {
	for (const [program, expected] of [
		// Go and the language's own text keep line ends; 0.18 fails at an empty line with CRLF.
		['|||\r\n  a\r\n\r\n  b\r\n|||', 'a\r\n\r\nb\r\n'],
		['|||\r\n\r\n  a\r\n|||', '\r\na\r\n'],
		['|||-\r\n  a\r\n  b\r\n|||', 'a\r\nb'],
		['|||-\n  a\n\n|||', 'a\n'],
		['|||-\r\n  a\r\n\r\n|||', 'a\r\n'],
		// Go: -1 is no limit, less is an error.
		['std.splitLimit("a,b,c", ",", -1)', ['a', 'b', 'c']],
		['std.splitLimitR("a,b,c", ",", -1)', ['a', 'b', 'c']],
		['std.splitLimitR("a,b,c", ",", 0)', ['a,b,c']],
		['std.splitLimitR("a,b", ",", -2)', undefined],
		['std.splitLimitR("ab", ",", -1.5)', undefined],
		['std.splitLimit("a,b", ",", -2)', undefined],
		// Readers of 0.18 stop at these; YAML 1.1 has them.
		['std.parseYaml("? a\\n: b: 1\\n  c: 2\\n")', { a: { b: 1, c: 2 } }],
		['std.parseYaml("? a\\n: ? b\\n  : - c\\n")', { a: { b: ['c'] } }],
		['std.parseYaml("? a\\n? b\\n: - 1")', { a: null, b: [1] }],
		['std.parseYaml("a: - x")', undefined],
		['std.parseYaml("\\ufeffa: 1")', { a: 1 }],
		['std.parseYaml("\\ufeff---\\na: 1")', [{ a: 1 }]],
		['std.parseYaml("\\ufeff")', null],
		['std.parseYaml("a: \\ufeffb")', { a: '\ufeffb' }],
	] as const) {
		it(JSON.stringify(program), () => {
			const text = ours(program);
			assert.deepEqual(text === undefined ? undefined : (JSON.parse(text) as unknown), expected);
		});
	}

	it('a refused limit is named', () => {
		assert.throws(
			() => compile('std.splitLimitR("a", ",", -2)').evaluate(),
			/std\.splitLimitR third parameter should be -1 or non-negative, got -2/,
		);
	});
});

function ours(program: string): string | undefined {
	try {
		return evaluateToJson(program, { limits: { timeMs: 2000 } });
	} catch {
		return undefined;
	}
}
