import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { licenceTexts } from '../../../scripts/licences.mjs';

const TERMS = 'Permission is hereby granted, free of charge, to any person';

describe('the licence texts of what is bundled', () => {
	let root = '';
	beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'sluice-licences-'))));
	afterEach(() => rmSync(root, { recursive: true }));

	/** @returns the path of a file of the package */
	function aPackage(name: string, files: Record<string, string>): string {
		const folder = path.join(root, 'node_modules', name);
		mkdirSync(folder, { recursive: true });
		const manifest = JSON.stringify({ name, version: '1.2.3', license: 'MIT' });
		for (const [file, text] of Object.entries({ 'package.json': manifest, ...files })) {
			writeFileSync(path.join(folder, file), text);
		}
		return path.join(folder, 'lib/index.js');
	}

	for (const name of [
		'LICENSE',
		'License',
		'license',
		'license.md',
		'LICENCE.txt',
		'COPYING',
		'LICENSE-MIT',
	]) {
		it(`are found in ${name}`, async () => {
			const text = await licenceTexts([aPackage('one', { [name]: `Copyright A\n${TERMS}` })]);
			assert.equal(text, `one 1.2.3 (MIT)\n\nCopyright A\n${TERMS}\n`);
		});
	}

	for (const heading of ['## License', '# LICENCE (MIT)', 'License\n-------']) {
		it(`are found under "${heading.replace('\n', ' ')}" of the readme`, async () => {
			const readme = `# One\nlicense: see below\n\n${heading}\n\nCopyright B\n${TERMS}\n`;
			const text = await licenceTexts([aPackage('@a/one', { 'Readme.md': readme })]);
			assert.equal(text, `@a/one 1.2.3 (MIT)\n\nCopyright B\n${TERMS}\n`);
		});
	}

	it('stand once for each package, by name', async () => {
		const b = aPackage('b', { LICENSE: TERMS });
		const text = await licenceTexts([b, aPackage('a', { license: TERMS }), b, 'core/index.ts']);
		assert.deepEqual(text.match(/^. 1\.2\.3/gm), ['a 1.2.3', 'b 1.2.3']);
	});

	for (const [name, files] of Object.entries({
		'nothing at all': {},
		'a heading without terms': { 'README.md': '## License\nMIT\n' },
		'a file that only names it': { LICENSE: 'MIT' },
	})) {
		it(`are asked for where there is ${name}`, async () => {
			await assert.rejects(licenceTexts([aPackage('one', files)]), /one 1\.2\.3/);
		});
	}
});
