import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The lines for a shell of a section of docs/apis.md, as printed. */
export function pageLines(section: string): string[] {
	const page = readFileSync(path.join(__dirname, '../../../docs/apis.md'), 'utf8');
	const [, text = ''] = page.split(`\n## ${section}\n`);
	const [own = ''] = text.split('\n## ');
	return [...own.matchAll(/```sh\n([^]*?)```/g)].map(([, lines = '']) => lines);
}
