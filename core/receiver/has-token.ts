/** Whether a JWT stands somewhere in a text. Looks at each letter a few times: whoever sends the text would have a server look for hours. */
export function hasToken(text: string): boolean {
	const parts = text.split('.');
	return parts.some(
		(part, index) =>
			index + 2 < parts.length &&
			/^[\w-]+$/.test(parts[index + 1] ?? '') &&
			/\beyJ[\w-]/.test(lastWord(part)),
	);
}

function lastWord(text: string): string {
	let start = text.length;
	while (start > 0 && /[\w-]/.test(text[start - 1] ?? '')) start--;
	return text.slice(start);
}
