import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, ROOT } from '../../../scripts/host/cache';
import manifest from '../../../package.json' with { type: 'json' };
import { ensureNodeRed4, NODE_RED_4 } from '../../../scripts/host/node-red-4';
import { installIntoPalette, packPackage } from '../../../scripts/host/package';
import { run } from '../../../scripts/host/run';
import { eventually } from '../../support/eventually';
import { aReceiver, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer } from '../../support/sink-server';

const NODE_SETS = Object.keys(manifest['node-red'].nodes).length;

describe('the packed package', function () {
	this.timeout(180_000);
	let tarball: string;
	before(async () => {
		tarball = await packPackage(cacheFolder('pack', String(process.pid)));
	});

	for (const version of ['5', NODE_RED_4]) {
		it(`installs as one package with the palette's flags, loads and works in Node-RED ${version} (R23, R24)`, async () => {
			const redScript = version === '5' ? undefined : await ensureNodeRed4();
			const world = await NodeRedWorld.create();
			const sink = await startSinkServer();
			try {
				await installIntoPalette(world.userDir, tarball);
				const scopes = (await readdir(path.join(world.userDir, 'node_modules'))).filter(
					(name) => !name.startsWith('.'),
				);
				assert.deepEqual(scopes, ['@sluice']);
				await world.start({
					nodesDir: [],
					...(redScript ? { redScript } : {}),
					flows: [TAB, aReceiver('r', {}, ['report']), ...reportTo(sink.url)],
				});
				const { text } = await world.request('GET', '/nodes', '', { accept: 'application/json' });
				const sets = (
					JSON.parse(text) as { module: string; err?: string; local: boolean; version: string }[]
				).filter(({ module }) => module === '@sluice/n8n-nodes-sluice');
				assert.equal(sets.length, NODE_SETS);
				assert.ok(sets.every(({ err, local }) => err === undefined && local));
				assert.equal((await world.push('/in/r', { n: 1 })).status, 200);
				await eventually('the batch', () => sink.requests.length === 1);
			} finally {
				await world.close();
				await sink.close();
			}
		});
	}

	it('holds what it needs and nothing of the sources', async () => {
		const list = (await run('tar', ['-tzf', tarball], ROOT)).split('\n');
		for (const file of [
			'dist/core/index.js',
			'dist/core/sqlite-worker.js',
			'dist/core/table-worker.js',
			'dist/THIRD-PARTY-LICENSES',
			'resources/editor.js',
			'LICENSE',
			'README.md',
		]) {
			assert.ok(list.includes(`package/${file}`), file);
		}
		assert.deepEqual(
			list.filter((file) =>
				/\.ts$|node_modules|^package\/(core|test|scripts|node-red)\//.test(file),
			),
			[],
		);
	});

	it('ships the terms of every package that its bundles hold', async () => {
		const texts = (await readFile(path.join(ROOT, 'dist/THIRD-PARTY-LICENSES'), 'utf8')).split(
			`\n${'-'.repeat(80)}\n\n`,
		);
		const named = texts.map((text) => text.slice(0, text.indexOf(' ')));
		const bundled = new Map<string, string>();
		const bundles = ['core/index', 'core/sqlite-worker', 'core/table-worker', 'cli'];
		for (const file of bundles.map((name) => `dist/${name}.js`)) {
			// esbuild writes the path of each file above its code.
			for (const [, folder = '', name = ''] of (
				await readFile(path.join(ROOT, file), 'utf8')
			).matchAll(/^\/\/ ((?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+))\//gm)) {
				bundled.set(folder, name);
			}
		}
		assert.ok(bundled.size > 40, String(bundled.size));
		assert.deepEqual(named, [...bundled.values()].sort());
		for (const text of texts) assert.match(text, /permission (to use|is hereby granted)|Apache/i);
	});

	it('exports the public core API', async () => {
		const core = (await import(path.join(ROOT, 'dist/core/index.js'))) as Record<string, unknown>;
		for (const name of [
			'compileMapping',
			'formatCsvRow',
			'createEvent',
			'parseConditions',
			'evaluateConditions',
			'normalizeId',
			'signBody',
			'verifyBody',
			'openStore',
			'openPipeline',
		]) {
			assert.equal(typeof core[name], 'function', name);
		}
		const { jsonnet } = core as { jsonnet: Record<string, unknown> };
		for (const name of ['compile', 'evaluate', 'evaluateToJson'])
			assert.equal(typeof jsonnet[name], 'function', name);
	});
});
