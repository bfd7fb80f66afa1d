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

	it('mark a room of the architecture as planned exactly where there is none', () => {
		const page = read('docs/architecture.md');
		const layout = page.slice(page.indexOf('## 3. Layout'), page.indexOf('Dependency direction'));
		const rooms = [...layout.matchAll(/^ {2}([a-z]+)\/ +(.*)$/gm)];
		assert.ok(rooms.length > 8, String(rooms.length));
		for (const [, room = '', text = ''] of rooms) {
			const isBuilt = existsSync(path.join(ROOT, 'core', room));
			assert.equal(!text.startsWith('(planned)'), isBuilt, room);
		}
		const built = readdirSync(path.join(ROOT, 'core'), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => name);
		const named = rooms.map(([, room]) => room);
		assert.deepEqual(
			built.filter((room) => !named.includes(room)),
			[],
		);
	});
});
