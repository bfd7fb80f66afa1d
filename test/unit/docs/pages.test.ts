import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const PAGES = [
	'README.md',
	'CONTRIBUTING.md',
	'node-red/README.md',
	'nodes/README.md',
	...['docs', 'docs/adr'].flatMap((folder) =>
		readdirSync(path.join(ROOT, folder))
			.filter((name) => name.endsWith('.md'))
			.map((name) => `${folder}/${name}`),
	),
];
const read = (page: string) => readFileSync(path.join(ROOT, page), 'utf8');

describe('the pages of the documentation', () => {
	for (const page of PAGES) {
		it(`${page} names only files and scripts of ours that are there`, () => {
			const text = read(page);
			const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
			// What style.md says of others' code is in its other sections.
			const ours =
				page === 'docs/style.md' ? (/\n## 3\.[^]*?(?=\n## 5\.)/.exec(text)?.[0] ?? '') : text;
			const files = [
				...ours.matchAll(
					/`((?:core|nodes|node-red|cli|test|scripts|docs|examples|credentials)\/[\w./-]+\.\w+)`/g,
				),
			].map(([, file = '']) => file);
			const links = [...text.matchAll(/\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)/g)].map(
				([, link = '']) => path.posix.join(path.posix.dirname(page), link),
			);
			assert.deepEqual(
				[...files, ...links].filter(
					(file) => !existsSync(path.join(ROOT, file)) && !file.includes('NNNN'),
				),
				[],
			);
			const runs = [...text.matchAll(/npm run (?:-s |--silent )?([\w:]+)/g)].map(
				([, name = '']) => name,
			);
			assert.deepEqual(
				runs.filter((name) => !(name in scripts)),
				[],
			);
		});
	}

	it('draw the rooms of core that there are, and plan those that there are not', () => {
		const page = read('docs/architecture.md');
		const layout = page.slice(page.indexOf('## 3. Layout'), page.indexOf('## 4. Contracts'));
		const plans = page.slice(page.indexOf('## 9. Planned'));
		const built = readdirSync(path.join(ROOT, 'core'), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => name);
		const drawn = [...layout.matchAll(/^ {2}([a-z]+)\/ +\S/gm)].map(([, room = '']) => room);
		assert.deepEqual(drawn.toSorted(), built.toSorted());
		const planned = [...plans.matchAll(/^\| `([a-z]+)\/` \| room \|/gm)].map(
			([, room = '']) => room,
		);
		assert.deepEqual(
			planned.filter((room) => built.includes(room)),
			[],
		);
		assert.ok(!page.slice(0, page.indexOf('## 9. Planned')).includes('planned)'));
	});
});
