/**
 * What a hook or test does where something of the machine is missing: the one way to skip. At a desk it says so and skips; with
 * `CI=true` it fails, since nobody reads the names of skipped tests there.
 */
export function skipWithout(context: Mocha.Context, what: string, cause?: unknown): never {
	const why = cause === undefined ? '' : `: ${String(cause)}`;
	if (process.env['CI'] === 'true') {
		throw new Error(`cannot be tested here, and must be in CI: no ${what}${why}`, { cause });
	}
	console.warn(`SKIPPED, no ${what}${why}`);
	return context.skip();
}
