/** Arithmetic that has to give the same bits as Go's (J63). */

/** Mantissa in [0.5, 1) with the sign of the value, and the binary exponent; a zero is its own. */
export function splitFloat(value: number): { mantissa: number; exponent: number } {
	if (value === 0 || !Number.isFinite(value)) return { mantissa: value, exponent: 0 };
	let mantissa = Math.abs(value);
	let exponent = 0;
	// Big steps first, for subnormal and for very large numbers.
	while (mantissa < 2 ** -64) {
		mantissa *= 2 ** 64;
		exponent -= 64;
	}
	while (mantissa >= 2 ** 64) {
		mantissa /= 2 ** 64;
		exponent += 64;
	}
	while (mantissa < 0.5) {
		mantissa *= 2;
		exponent -= 1;
	}
	while (mantissa >= 1) {
		mantissa /= 2;
		exponent += 1;
	}
	return { mantissa: value < 0 ? -mantissa : mantissa, exponent };
}

/** Mantissa × 2^exponent with one rounding at most, also for subnormal results. */
function joinFloat(mantissa: number, exponent: number): number {
	let value = mantissa;
	let rest = exponent;
	while (rest > 1000) {
		value *= 2 ** 1000;
		rest -= 1000;
		if (!Number.isFinite(value)) return value;
	}
	if (rest >= -1000) return value * 2 ** rest;
	// The last step alone may round: all before it stay in the normal range.
	const split = splitFloat(value);
	const total = split.exponent + rest;
	if (total < -1080) return value < 0 ? -0 : 0;
	return split.mantissa * 2 ** -900 * 2 ** (total + 900);
}

/**
 * x^y as Go computes it: the integer part of y by repeated squaring of the mantissa with a separate exponent, the fraction
 * by exp and log. `Math.pow` differs in most powers of ten.
 */
export function power(x: number, y: number): number {
	if (y === 0 || x === 1) return 1;
	if (y === 1) return x;
	if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return Math.pow(x, y);
	if (y === 0.5) return Math.sqrt(x);
	if (y === -0.5) return 1 / Math.sqrt(x);
	let whole = Math.trunc(Math.abs(y));
	let fraction = Math.abs(y) - whole;
	if (fraction !== 0 && x < 0) return Number.NaN;
	if (whole >= 2 ** 63) {
		if (x === -1) return 1;
		return Math.abs(x) < 1 === y > 0 ? 0 : Number.POSITIVE_INFINITY;
	}
	let result = 1;
	let exponent = 0;
	if (fraction !== 0) {
		if (fraction > 0.5) {
			fraction -= 1;
			whole += 1;
		}
		result = Math.exp(fraction * Math.log(x));
	}
	let { mantissa: base, exponent: baseExponent } = splitFloat(x);
	for (let i = whole; i !== 0; i = Math.floor(i / 2)) {
		if (baseExponent < -4096 || baseExponent > 4096) {
			exponent += baseExponent;
			break;
		}
		if (i % 2 === 1) {
			result *= base;
			exponent += baseExponent;
		}
		base *= base;
		baseExponent *= 2;
		if (base < 0.5) {
			base += base;
			baseExponent -= 1;
		}
	}
	return y < 0 ? joinFloat(1 / result, -exponent) : joinFloat(result, exponent);
}

/** Half away from zero (J64). */
export function roundAway(value: number): number {
	const whole = Math.trunc(value);
	return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}
