import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

const ROOT = path.join(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
	keywords: string[];
	dependencies?: object;
	engines: { node: string };
	peerDependencies: object;
	peerDependenciesMeta: object;
	'node-red': { version: string; nodes: Record<string, string> };
};
const types = Object.keys(manifest['node-red'].nodes);
const examples = readdirSync(path.join(ROOT, 'examples')).filter((file) => file.endsWith('.json'));

describe('package.json', () => {
	it('is what both hosts need (R23, R24, R26)', () => {
		for (const keyword of ['node-red', 'n8n-community-node-package'])
			assert.ok(manifest.keywords.includes(keyword));
		assert.equal(manifest.dependencies, undefined);
		assert.equal(manifest.engines.node, '>=22.13');
		assert.deepEqual(manifest.peerDependencies, { 'n8n-workflow': '*' });
		assert.deepEqual(manifest.peerDependenciesMeta, { 'n8n-workflow': { optional: true } });
	});

	it('names every node folder, and nothing else', () => {
		const folders = readdirSync(path.join(ROOT, 'node-red')).filter((name) =>
			name.startsWith('sluice-'),
		);
		assert.deepEqual([...types].sort(), folders.sort());
	});
});

for (const type of types) {
	describe(`${type} in the editor`, () => {
		const html = read(`node-red/${type}/${type}.html`);

		it('registers with a literal definition that the scorecard can parse (R32)', () => {
			const [, script = ''] =
				/<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html) ?? [];
			assert.match(script, new RegExp(`RED\\.nodes\\.registerType\\('${type}', \\{`));
			for (const key of [
				'category',
				'defaults',
				...(/category: 'config'/.test(script) ? [] : ['color', 'inputs', 'outputs', 'icon']),
			]) {
				assert.match(script, new RegExp(`\\b${key}:`), key);
			}
			assert.match(script, /configVersion: \{ value: 1 \}/);
		});

		it('saves nothing that its runtime does not read', () => {
			const { defaults } = definitionOf(html);
			// What hosts read alike is read in core.
			const runtime = [`node-red/${type}`, 'node-red/runtime', 'core/settings']
				.flatMap((folder) =>
					readdirSync(path.join(ROOT, folder))
						.filter((file) => file.endsWith('.ts'))
						.map((file) => read(`${folder}/${file}`)),
				)
				.join('\n')
				// What is declared is not read yet.
				.replace(/^\s*readonly \w+\??:.*$/gm, '');
			const [row = {}] = (defaults['buffers']?.value ?? []) as Record<string, unknown>[];
			const saved = [...Object.keys(defaults), ...Object.keys(row)].filter(
				// `outputs` is Node-RED's own.
				(name) => !['outputs', 'configVersion'].includes(name),
			);
			assert.ok(saved.length > 0);
			assert.deepEqual(
				saved.filter(
					(name) =>
						!new RegExp(`[.]${name}\\b|\\{[^}]*\\b${name}\\b[^}]*\\}(?: = |: \\w+Settings)`).test(
							runtime,
						),
				),
				[],
			);
		});

		it('has its texts and its help', () => {
			for (const extension of ['json', 'html']) {
				assert.ok(
					existsSync(path.join(ROOT, `node-red/${type}/locales/en-US/${type}.${extension}`)),
					extension,
				);
			}
		});

		it('uses no fixed colours, which one of the themes would not show (R25)', () => {
			const styles = html.replace(/color: '#[0-9a-fA-F]{3,6}'/g, '');
			assert.doesNotMatch(styles, /#[0-9a-fA-F]{3,6}\b(?![-\w])(?=["';])/);
		});
	});
}

describe('examples', () => {
	it('use every node (R30, N02)', () => {
		const used = examples.flatMap((file) =>
			(JSON.parse(read(`examples/${file}`)) as { type: string }[]).map(({ type }) => type),
		);
		assert.deepEqual(
			types.filter((type) => !used.includes(type)),
			[],
		);
	});
});

/** The second argument of `registerType` in a node's html. */
function definitionOf(html: string): { defaults: Record<string, { value?: unknown }> } {
	const [, script = ''] = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html) ?? [];
	let definition: unknown;
	const RED = { nodes: { registerType: (_type: string, given: unknown) => (definition = given) } };
	// What the editor's code makes validators of.
	const anything: unknown = new Proxy(() => anything, { get: () => anything });
	runInNewContext(script, { RED, SluiceEditor: anything });
	return definition as { defaults: Record<string, { value?: unknown }> };
}
