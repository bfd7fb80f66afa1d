// The licence texts of what is bundled. A package without a text is an error: nothing is shipped whose terms do not go with it.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A licence's terms begin or end with one of these; a heading alone is no text. */
const TERMS = /permission (to use|is hereby granted)|redistribution and use|apache license/i;

/**
 * @param inputs files that went into a bundle, as esbuild's metafile names them
 * @returns the file's text: name, version and terms of each package, in the order of their names
 * @throws Error naming the packages whose licence text is nowhere
 */
export async function licenceTexts(inputs) {
	const folders = new Set(inputs.map(packageOf).filter((folder) => folder !== undefined));
	const missing = [];
	const parts = [];
	// A package may be there twice, one of them below another that needs an older version.
	for (const { folder, name, version, license } of await packagesIn(folders)) {
		const text = (await fileText(folder)) ?? (await readmeSection(folder));
		if (text === undefined || !TERMS.test(text)) missing.push(`${name} ${version}`);
		else parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
	}
	if (missing.length > 0) throw new Error(`no licence text is shipped with ${missing.join(', ')}`);
	return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** In the order of their names, then versions. */
async function packagesIn(folders) {
	const found = await Promise.all(
		[...folders].map(async (folder) => ({
			...JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')),
			folder,
		})),
	);
	const key = ({ name, version }) => `${name} ${version}`;
	return found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The folder of the innermost package that a file belongs to. */
function packageOf(input) {
	return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function fileText(folder) {
	const texts = [];
	for (const name of (await readdir(folder)).sort()) {
		if (!/^(licen[cs]e|copying|notice)([-.].*)?$/i.test(name)) continue;
		texts.push((await readFile(path.join(folder, name), 'utf8')).trim());
	}
	return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** Some packages print their terms at the end of the readme only. */
async function readmeSection(folder) {
	const name = (await readdir(folder)).find((file) => /^readme(\.|$)/i.test(file));
	if (name === undefined) return undefined;
	const readme = await readFile(path.join(folder, name), 'utf8');
	const heading = /^(#+ *licen[cs]e.*|licen[cs]e *\r?\n-+ *)$/im.exec(readme);
	return heading ? readme.slice(heading.index + heading[0].length) : undefined;
}
