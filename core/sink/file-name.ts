import { FORMAT_ENDINGS, type FormatName } from '../pure/format-names';

/** What every file system takes, and no shell or spreadsheet reads anything into. */
const UNSAFE = /[^\p{L}\p{N}_-]+/gu;

/** Bytes of UTF-8: a name of several parts still fits into the 255 of a file system. */
const MAX_PART_BYTES = 60;

/** A part of the name of a file, of any text: letters, digits, `-` and `_`, at most 60 bytes of UTF-8; never empty, never a path. */
export function namePart(text: string): string {
	const safe = text
		.normalize('NFC')
		.replace(UNSAFE, '_')
		.replace(/^_+|_+$/g, '');
	return cutAt(safe === '' ? '_' : safe, MAX_PART_BYTES);
}

/** An instant in a name, such as `20261130T101530Z`. */
function nameTime(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** What the file of one batch is called: who it is of, its first event and its batch, so that names of several do not meet. */
export function batchFileName(
	label: string,
	{ firstAt, id }: { readonly firstAt: number; readonly id: string },
	format: FormatName,
): string {
	return `${namePart(label)}_${nameTime(firstAt)}_${namePart(id)}${FORMAT_ENDINGS[format]}`;
}

/** Whole characters alone. */
function cutAt(text: string, bytes: number): string {
	let length = 0;
	let cut = '';
	for (const character of text) {
		length += Buffer.byteLength(character);
		if (length > bytes) break;
		cut += character;
	}
	return cut;
}
