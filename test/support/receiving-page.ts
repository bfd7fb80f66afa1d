import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/host/cache';

export const receivingPage = readFileSync(path.join(ROOT, 'docs/receiving.md'), 'utf8');

/** Recipes of the page: the name of the sender, the id of its preset, and the shell's lines that sign and send as it does. */
export const receivingRecipes = receivingPage
	.split('\n### ')
	.slice(1)
	.map((section) => {
		const [name = ''] = section.split('\n');
		const [, id = ''] = /Preset `([a-z-]+)`/.exec(section) ?? [];
		const [, lines = ''] = /```sh\n([^]*?)```/.exec(section) ?? [];
		return { name, id, lines };
	});
