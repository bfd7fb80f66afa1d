/** What a plain scalar of YAML 1.1 means, as Go's reader takes it (J76). */

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
	['', null],
	['~', null],
	['null', null],
	['true', true],
	['yes', true],
	['on', true],
	['y', true],
	['false', false],
	['no', false],
	['off', false],
	['n', false],
]);

const LONGEST_WORD = 5;

/** Infinities and NaN, which JSON does not have. */
export type NotFinite = 'not finite';

export function resolveScalar(text: string): null | boolean | number | string | NotFinite {
	const word = text.length <= LONGEST_WORD ? WORDS.get(text.toLowerCase()) : undefined;
	if (word !== undefined) return word;
	const first = text.charAt(0);
	if (!'+-.0123456789'.includes(first)) return text;
	const unsigned = first === '+' || first === '-' ? text.slice(1) : text;
	if (['.inf', '.nan'].includes(unsigned.toLowerCase())) return 'not finite' satisfies NotFinite;
	const value = readNumber(unsigned.replaceAll('_', ''));
	if (value === undefined || !Number.isFinite(value)) return text;
	return first === '-' ? -value : value;
}

function readNumber(digits: string): number | undefined {
	if (digits.startsWith('0x')) return readRadix(digits.slice(2), 16);
	if (digits.startsWith('0b')) return readRadix(digits.slice(2), 2);
	if (digits.startsWith('0o')) return readRadix(digits.slice(2), 8);
	if (digits.length > 1 && digits.startsWith('0')) {
		const octal = readRadix(digits.slice(1), 8);
		if (octal !== undefined) return octal;
	}
	return isDecimal(digits) ? Number(digits) : undefined;
}

function readRadix(digits: string, radix: number): number | undefined {
	if (digits === '') return undefined;
	let value = 0;
	for (let i = 0; i < digits.length; i++) {
		const digit = Number.parseInt(digits.charAt(i), 16);
		if (!(digit < radix)) return undefined;
		value = value * radix + digit;
	}
	return value;
}

/** `1`, `1.`, `.5`, `1.5e-3` */
function isDecimal(text: string): boolean {
	let at = 0;
	const digits = () => {
		const start = at;
		while (text.charAt(at) >= '0' && text.charAt(at) <= '9') at += 1;
		return at > start;
	};
	const hasWhole = digits();
	let hasFraction = false;
	if (text.charAt(at) === '.') {
		at += 1;
		hasFraction = digits();
	}
	if (!hasWhole && !hasFraction) return false;
	if (text.charAt(at) === 'e' || text.charAt(at) === 'E') {
		at += 1;
		if (text.charAt(at) === '+' || text.charAt(at) === '-') at += 1;
		if (!digits()) return false;
	}
	return at === text.length;
}
