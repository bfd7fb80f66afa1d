import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const IMPORTED = /(?:\bfrom|\bimport|\brequire\()\s*\(?\s*['"]([^'"]+)['"]/g;

describe('core/pure, which the browser loads', () => {
	const files = globSync('core/pure/**/*.ts', { cwd: ROOT });

	it('imports nothing but itself', () => {
		const outside = files.flatMap((file) =>
			[...readFileSync(path.join(ROOT, file), 'utf8').matchAll(IMPORTED)]
				.map(([, name = '']) => name)
				.filter(
					(name) =>
						!name.startsWith('.') ||
						!path.join(path.dirname(file), name).startsWith(path.join('core', 'pure')),
				)
				.map((name) => `${file} imports ${name}`),
		);
		assert.ok(files.length > 3);
		assert.deepEqual(outside, []);
	});

	it('names nothing that only Node has', () => {
		const naming = files.filter((file) =>
			/\b(?:Buffer|process|__dirname)\b/.test(
				readFileSync(path.join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''),
			),
		);
		assert.deepEqual(naming, []);
	});
});
