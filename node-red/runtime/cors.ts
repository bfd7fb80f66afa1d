/**
 * The one header that `httpNodeCors` (options of the cors middleware) adds to an answer. Preflights are answered by the host.
 *
 * @param options `origin`: absent or `*` for everyone, a text, RegExp, true, or a list of them
 */
export function corsHeaders(options: unknown, origin: string | undefined): Record<string, string> {
	if (options === undefined || options === null || options === false) return {};
	const allowed = (options as { origin?: unknown }).origin ?? '*';
	if (allowed === '*') return { 'access-control-allow-origin': '*' };
	if (typeof allowed === 'string')
		return { 'access-control-allow-origin': allowed, vary: 'Origin' };
	if (origin === undefined || !matches(allowed, origin)) return { vary: 'Origin' };
	return { 'access-control-allow-origin': origin, vary: 'Origin' };
}

function matches(allowed: unknown, origin: string): boolean {
	if (Array.isArray(allowed)) return allowed.some((one) => matches(one, origin));
	if (allowed instanceof RegExp) return allowed.test(origin);
	return allowed === true || allowed === origin;
}
