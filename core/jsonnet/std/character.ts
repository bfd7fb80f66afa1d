import { runtimeError } from '../evaluate/run';

/** The character of a code point; a surrogate gives U+FFFD (J64). */
export function characterOf(point: number): string {
	const whole = Math.trunc(point);
	if (whole < 0 || whole > 0x10ffff) {
		throw runtimeError(`Invalid unicode codepoint, got ${point}`);
	}
	return whole >= 0xd800 && whole <= 0xdfff ? '\ufffd' : String.fromCodePoint(whole);
}
