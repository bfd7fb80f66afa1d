import type { YamlCursor } from './cursor';

/** Reads `|` and `>` with their indicators: a digit for the indent, `-` and `+` for the line breaks at the end. */
export function readBlockScalar(cursor: YamlCursor, parentIndent: number): string {
	const isFolded = cursor.char === '>';
	cursor.at += 1;
	let chomp = '';
	let indent = 0;
	for (;;) {
		const { char } = cursor;
		if ((char === '-' || char === '+') && chomp === '') chomp = char;
		else if (char >= '1' && char <= '9' && indent === 0) {
			indent = Math.max(parentIndent, 0) + Number(char);
		} else break;
		cursor.at += 1;
	}
	cursor.endOfLine();
	if (cursor.atEnd) return '';
	cursor.nextLine();
	const lines = readLines(cursor, parentIndent, indent);
	// The last line of the text may have no line break to keep.
	const lineBreak = cursor.atEnd && !cursor.text.endsWith('\n') && lines.at(-1) !== '' ? '' : '\n';
	let end = lines.length;
	while (end > 0 && lines[end - 1] === '') end -= 1;
	const content = lines.slice(0, end);
	const text = isFolded ? fold(content) : content.join('\n');
	if (chomp === '-') return text;
	if (chomp === '+') return text + (end > 0 ? lineBreak : '') + '\n'.repeat(lines.length - end);
	return end > 0 ? text + lineBreak : '';
}

/** The lines of the block without their indent, which the first line with content fixes. */
function readLines(cursor: YamlCursor, parentIndent: number, given: number): string[] {
	const lines: string[] = [];
	let indent = given;
	for (;;) {
		const { text } = cursor;
		const start = cursor.at;
		let at = start;
		while (text.charAt(at) === ' ' && (indent === 0 || at - start < indent)) at += 1;
		const lineEnd = text.indexOf('\n', at);
		const end = lineEnd === -1 ? text.length : lineEnd;
		if (at < end) {
			if (indent === 0) {
				if (at - start <= parentIndent) return lines;
				indent = at - start;
			} else if (at - start < indent) {
				return lines;
			}
		}
		if (lineEnd === -1 && at === end) return lines;
		lines.push(text.slice(at, end));
		cursor.at = end;
		if (lineEnd === -1) return lines;
		cursor.nextLine();
	}
}

/** Line breaks between two text lines become blanks; around indented lines they stay. */
function fold(lines: readonly string[]): string {
	let text = '';
	let pending = 0;
	let wasIndented = true;
	for (const line of lines) {
		if (line === '') {
			pending += 1;
			continue;
		}
		const isIndented = line.startsWith(' ') || line.startsWith('\t');
		if (text === '' && pending === 0) text = line;
		else if (wasIndented || isIndented) text += '\n'.repeat(pending + (text === '' ? 0 : 1)) + line;
		else text += (pending === 0 ? ' ' : '\n'.repeat(pending)) + line;
		pending = 0;
		wasIndented = isIndented;
	}
	return text;
}
