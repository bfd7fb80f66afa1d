export const ORIGIN_EXPECTATION =
	'* alone, or an origin as browsers send it, such as https://app.example.com: lower case, without path and slash';

/** Whether browsers send an origin so: what is written in another way would match nothing, and nobody would see why. */
export function isOrigin(text: unknown): text is string {
	return (
		typeof text === 'string' &&
		/^https?:\/\//.test(text) &&
		URL.canParse(text) &&
		new URL(text).origin === text
	);
}
