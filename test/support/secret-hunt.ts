import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Valid as the secret of every scheme; base64 of text that says so. */
export const MARK = Buffer.from('a-secret-of-partners-0123456789-').toString('base64');

/** The mark as it may come out: as it is, decoded, without its ends, as a part of Basic, in a URL. */
const FORMS = [
	MARK,
	MARK.slice(4, -4),
	encodeURIComponent(MARK),
	'a-secret-of-partners',
	Buffer.from(`:${MARK}`).toString('base64').slice(4, 24),
	Buffer.from(`x:${MARK}`).toString('base64').slice(4, 24),
	Buffer.from(`xy:${MARK}`).toString('base64').slice(4, 24),
];

/**
 * Looks for the mark, and for what was made of it, in all that people or disks get to see.
 *
 * @param seen by what it is, for the message; a text, or anything that JSON can say, errors with all that they have
 * @param made signatures and the like; short ones are left out
 */
export function assertNoSecret(
	seen: Readonly<Record<string, unknown>>,
	made: readonly string[] = [],
): void {
	const forms = [...FORMS, ...made.filter(({ length }) => length > 12)];
	for (const [what, value] of Object.entries(seen)) {
		const text = typeof value === 'string' ? value : JSON.stringify(value, withErrors);
		assert.ok(
			text !== undefined && text.length > 2,
			`${what} is empty, so that nothing was looked at`,
		);
		const found = forms.find((form) => text.includes(form));
		const at = found === undefined ? 0 : text.indexOf(found);
		assert.equal(found, undefined, `${what}: …${text.slice(Math.max(0, at - 80), at + 40)}…`);
	}
}

function withErrors(_name: string, value: unknown): unknown {
	if (!(value instanceof Error)) return value;
	const { message, stack, cause } = value;
	return { ...value, message, stack, cause };
}

/** All bytes of all files below a directory, one character each. */
export async function filesBelow(directory: string): Promise<string> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	const texts = await Promise.all(
		files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')),
	);
	return texts.join('\n');
}
