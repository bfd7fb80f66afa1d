// Builds dist/: core bundled once (with the store's worker as a second entry), hosts transpiled file by file, and what the
// editors need copied beside them. Then checks that dist requires nothing that a host does not have.
import { build } from 'esbuild';
import { chmod, cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceTexts } from './licences.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

const common = {
	platform: 'node',
	format: 'cjs',
	target: 'node22',
	charset: 'utf8',
	logLevel: 'warning',
	define: { SLUICE_VERSION: JSON.stringify(version) },
};

await rm('dist', { recursive: true, force: true });
const bundle = await build({
	...common,
	bundle: true,
	entryPoints: {
		'core/index': 'core/index.ts',
		'core/sqlite-worker': 'core/buffer/stores/sqlite/worker.ts',
		'core/table-worker': 'core/sink/table/sqlite/table-worker.ts',
	},
	outdir: 'dist',
	external: ['pg-native'],
	legalComments: 'none',
	metafile: true,
});

// The command-line tool: one file beside the bundle of core, which it loads once it knows that this Node can.
const tool = await build({
	...common,
	bundle: true,
	metafile: true,
	entryPoints: { cli: 'cli/cli.ts' },
	outdir: 'dist',
	plugins: [
		{
			name: 'core-stays-outside',
			setup: ({ onResolve }) =>
				onResolve({ filter: /^(\.\.\/)+core\/index$/ }, () => ({
					path: './core/index.js',
					external: true,
				})),
		},
	],
});
await chmod('dist/cli.js', 0o755);

const hostFiles = await list(
	'{nodes,credentials,node-red}/**/*.ts',
	(file) => !file.startsWith('node-red/editor/'),
);
await build({
	...common,
	bundle: false,
	entryPoints: hostFiles,
	outdir: 'dist',
	outbase: '.',
	plugins: [],
});
await retarget();
// The dialogs are made of the descriptions of schemes and presets; the schemes themselves need Node.
const { PRESET_CHOICES, SCHEMES } = createRequire(import.meta.url)('../dist/core/index.js');
const editor = await build({
	bundle: true,
	metafile: true,
	entryPoints: ['node-red/editor/editor.ts'],
	outfile: 'resources/editor.js',
	define: {
		SLUICE_SCHEMES: JSON.stringify(SCHEMES),
		SLUICE_PRESETS: JSON.stringify(PRESET_CHOICES),
	},
	format: 'iife',
	target: 'es2022',
	charset: 'utf8',
	logLevel: 'warning',
});
for (const file of await list(
	'{nodes,credentials,node-red}/**/*.{html,json,svg,png}',
	(f) => !f.startsWith('node-red/editor/'),
)) {
	const to = path.join('dist', file);
	await mkdir(path.dirname(to), { recursive: true });
	await cp(file, to);
}
// The texts that the nodes of Node-RED say at run time are the same for all: each node's catalog gets them.
for (const file of await list('node-red/sluice-*/locales/*/*.json')) {
	const language = path.basename(path.dirname(file));
	const shared = await readFile(`node-red/runtime/locales/${language}.json`, 'utf8');
	const merged = { ...JSON.parse(await readFile(file, 'utf8')), ...JSON.parse(shared) };
	await writeFile(path.join('dist', file), JSON.stringify(merged, undefined, '\t'));
}
if (existsSync('icons')) await cp('icons', 'dist/icons', { recursive: true });
await writeFile(
	'dist/THIRD-PARTY-LICENSES',
	await licenceTexts(
		[bundle, tool, editor].flatMap(({ metafile }) => Object.keys(metafile.inputs)),
	),
);
await checkRequires();

async function list(pattern, keep = () => true) {
	const files = [];
	for await (const file of glob(pattern))
		if (keep(file)) files.push(file.split(path.sep).join('/'));
	return files.sort();
}

/** Sources import '../../core/index'; transpiled files sit one level deeper in dist, at the same relative place. */
async function retarget() {
	for (const file of hostFiles) {
		const built = path.join('dist', file.replace(/\.ts$/, '.js'));
		const text = await readFile(built, 'utf8');
		if (/require\("\.\.?\/(?:\.\.\/)*core\/(?!index")/.test(text))
			throw new Error(`${file} reaches into core; only core/index is open`);
	}
}

/** dist may require Node's own modules, n8n-workflow and files of dist; anything else would be missing at a user's. */
async function checkRequires() {
	const builtins = new Set(builtinModules);
	const bad = [];
	for (const file of await list('dist/**/*.js')) {
		const text = await readFile(file, 'utf8');
		for (const [, name] of text.matchAll(/\brequire\("([^"]+)"\)/g)) {
			if (
				name.startsWith('node:') ||
				builtins.has(name) ||
				name === 'n8n-workflow' ||
				name === 'pg-native'
			)
				continue;
			const target = path.join(path.dirname(file), name);
			if (name.startsWith('.') && (existsSync(`${target}.js`) || existsSync(target))) continue;
			bad.push(`${file} requires ${name}`);
		}
	}
	if (bad.length > 0) throw new Error(`dist requires what it does not have:\n${bad.join('\n')}`);
}
