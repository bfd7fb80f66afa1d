/** A string as JSON text: as JSON.stringify, but U+007F–U+009F escaped and lone surrogates as they are (J51). */
export function quote(text: string): string {
	const { length } = text;
	for (let i = 0; i < length; i++) {
		if (needsEscape(text.charCodeAt(i))) return quoteFrom(text, i);
	}
	return `"${text}"`;
}

function needsEscape(unit: number): boolean {
	return unit < 0x20 || unit === 0x22 || unit === 0x5c || (unit >= 0x7f && unit <= 0x9f);
}

function quoteFrom(text: string, first: number): string {
	let result = `"${text.slice(0, first)}`;
	let from = first;
	for (let i = first; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (!needsEscape(unit)) continue;
		result += text.slice(from, i) + escapeUnit(unit);
		from = i + 1;
	}
	return `${result}${text.slice(from)}"`;
}

function escapeUnit(unit: number): string {
	switch (unit) {
		case 0x08:
			return '\\b';
		case 0x09:
			return '\\t';
		case 0x0a:
			return '\\n';
		case 0x0c:
			return '\\f';
		case 0x0d:
			return '\\r';
		case 0x22:
			return '\\"';
		case 0x5c:
			return '\\\\';
		default:
			return `\\u00${unit.toString(16).padStart(2, '0')}`;
	}
}
