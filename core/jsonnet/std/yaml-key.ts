/** Words that YAML 1.1 reads as something else than text, in any case. */
const RESERVED: ReadonlySet<string> = new Set([
	'true',
	'false',
	'yes',
	'no',
	'on',
	'off',
	'y',
	'n',
	'.nan',
	'-.inf',
	'+.inf',
	'.inf',
	'null',
	'-',
	'---',
	// What Go's number reader takes for a number.
	'inf',
	'-inf',
	'infinity',
	'-infinity',
	'nan',
]);

/** Longer keys are quoted: the patterns below are linear, but nobody needs such keys bare. */
const MAX_BARE_LENGTH = 1024;

/** Whether a key needs no quotes: safe letters, and no other type than text when read back (J73). */
export function isBareYamlKey(key: string): boolean {
	if (key === '' || key.length > MAX_BARE_LENGTH) return false;
	for (let i = 0; i < key.length; i++) if (!isSafe(key.charAt(i))) return false;
	const lower = key.toLowerCase();
	return !RESERVED.has(lower) && !looksLikeDate(key) && !looksLikeNumber(key);
}

function isSafe(char: string): boolean {
	return (
		(char >= 'a' && char <= 'z') ||
		(char >= 'A' && char <= 'Z') ||
		(char >= '0' && char <= '9') ||
		'_-./'.includes(char)
	);
}

/** Digits and exactly two dashes. */
function looksLikeDate(key: string): boolean {
	const parts = key.split('-');
	return parts.length === 3 && parts.every((part) => isDigits(part, ''));
}

function looksLikeNumber(key: string): boolean {
	const digits = key.startsWith('-') ? key.slice(1) : key;
	if (digits.includes('0x') && isHexAt(digits, digits.indexOf('0x') + 2)) return true;
	if (digits.startsWith('0b') && isDigits(digits.slice(2), '_')) return digits.length > 2;
	const [mantissa = '', exponent, ...more] = digits.toLowerCase().split('e');
	if (more.length > 0) return false;
	const [whole = '', fraction = '', ...rest] = mantissa.split('.');
	if (rest.length > 0 || !isDigits(whole, '_') || !isDigits(fraction, '_')) return false;
	if (!hasDigit(mantissa)) return false;
	if (exponent === undefined) return true;
	return (
		isDigits(exponent.startsWith('-') ? exponent.slice(1) : exponent, '') && hasDigit(exponent)
	);
}

/** Only digits and one more character; the empty text too. */
function isDigits(text: string, also: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const char = text.charAt(i);
		if ((char < '0' || char > '9') && char !== also) return false;
	}
	return true;
}

function hasDigit(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		if (text.charAt(i) >= '0' && text.charAt(i) <= '9') return true;
	}
	return false;
}

function isHexAt(text: string, at: number): boolean {
	return '0123456789abcdefABCDEF_'.includes(text.charAt(at)) && at < text.length;
}
