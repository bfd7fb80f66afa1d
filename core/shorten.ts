/**
 * A text for a message: at most `max` UTF-16 units, with an ellipsis where it was cut. No half of a surrogate pair is left.
 */
export function shorten(text: string, max: number): string {
	if (text.length <= max) return text;
	const end = max - 1;
	const isHalf = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
	return `${text.slice(0, isHalf ? end - 1 : end)}…`;
}
