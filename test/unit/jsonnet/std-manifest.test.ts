import { evaluates, fails } from './table';

const bare = (key: string) =>
	`std.manifestYamlDoc({ [${JSON.stringify(key)}]: 1 }, quote_keys=false)`;

describe('std: manifest', () => {
	describe('JSON (J48, J72)', () => {
		evaluates([
			[
				'std.manifestJsonEx({ a: [], b: {}, c: [1] }, "  ")',
				'{\n  "a": [\n\n  ],\n  "b": {\n\n  },\n  "c": [\n    1\n  ]\n}',
			],
			['std.manifestJson({ a: 1 })', '{\n    "a": 1\n}'],
			['std.manifestJsonMinified({ b: [1, {}], a: [] })', '{"a":[],"b":[1,{}]}'],
			['std.manifestJsonEx([1, 2], "", " ", ":")', '[ 1, 2 ]'],
			[
				'std.manifestJsonMinified([1.42, 1e-7, 1e21, -0, 0.1])',
				'[1.42,0.0000001,1000000000000000000000,-0,0.1]',
			],
		]);
		fails([['std.manifestJson([std.id])', "couldn't manifest function"]]);
	});

	describe('YAML (J73)', () => {
		evaluates([
			[
				'std.manifestYamlDoc({ a: [1, "x"], b: { c: null }, d: [], e: {} })',
				'"a":\n- 1\n- "x"\n"b":\n  "c": null\n"d": []\n"e": {}',
			],
			['std.manifestYamlDoc({ a: [1] }, indent_array_in_object=true)', '"a":\n  - 1'],
			['std.manifestYamlDoc([[1], { a: 1, b: 2 }])', '-\n  - 1\n- "a": 1\n  "b": 2'],
			['std.manifestYamlDoc({ a: "x\\ny\\n" })', '"a": |\n  x\n  y'],
			['std.manifestYamlDoc("")', '""'],
			['std.manifestYamlDoc([1.42])', '- 1.42'],
			['std.manifestYamlStream([1, { a: 2 }])', '---\n1\n---\n"a": 2\n...\n'],
			['std.manifestYamlStream([], c_document_end=true)', '---\n\n...\n'],
			['std.manifestYamlStream([1], c_document_end=false)', '---\n1\n'],
			...['a', 'a_b-c.d/e', '.', '_', '1-2', '10-10'].map(
				(key) => [bare(key), `${key}: 1`] as const,
			),
			...[
				'yes',
				'On',
				'null',
				'~',
				'1e3',
				'0x1',
				'0b1',
				'1_0',
				'2020-01-01',
				'.inf',
				'-1',
				'',
				'a b',
				'1.5',
				'é',
			].map((key) => [bare(key), `${JSON.stringify(key)}: 1`] as const),
		]);
		fails([
			['std.manifestYamlStream({})', 'only takes arrays'],
			['std.manifestYamlDoc(std.id)', "couldn't manifest function"],
		]);
	});

	describe('TOML, INI, Python, XML (J74)', () => {
		evaluates([
			[
				'std.manifestToml({ a: 1, "b c": "x", d: { e: [1, 2], f: {} }, g: [{ h: 1 }, {}] })',
				'a = 1\n"b c" = "x"\n\n[d]\n  e = [\n    1,\n    2\n  ]\n\n  [d.f]\n\n[[g]]\n  h = 1\n\n[[g]]',
			],
			['std.manifestTomlEx({ a: [{ b: 1 }, 2] }, "\\t")', 'a = [\n\t{ b = 1 },\n\t2\n]'],
			['std.manifestToml({ a: [] })', 'a = []'],
			[
				'std.manifestIni({ main: { a: 1 }, sections: { s: { k: [1, "x"], b: 0.1 } } })',
				'a = 1\n[s]\nb = 0.10000000000000001\nk = 1\nk = x\n',
			],
			[
				'std.manifestPython({ a: [true, false, null, 1, "x"] })',
				'{"a": [True, False, None, 1, "x"]}',
			],
			['std.manifestPythonVars({ a: 1, b: [] })', 'a = 1\nb = []\n'],
			['std.manifestXmlJsonml(["a", { b: "<\\"&\'>" }, "t", ["c"]])', '<a b="<"&\'>">t<c></c></a>'],
			['std.manifestXmlJsonml(["a"])', '<a></a>'],
		]);
		fails([
			['std.manifestToml({ a: { b: null } })', 'Tried to manifest "null" at ["a", "b"]'],
			['std.manifestToml({ a: std.id })', 'function'],
			['std.manifestToml([])', 'TOML body must be an object. Got array'],
			['std.manifestIni({})', 'Field does not exist: sections'],
			['std.manifestPython(std.id)', 'function'],
			['std.manifestXmlJsonml("a")', 'JSONML'],
		]);
	});
});
