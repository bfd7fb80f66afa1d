/** Texts of messages: bounded, with hints. */
/**
 * A text for a message: at most `max` UTF-16 units, with an ellipsis where it was cut. No half of a surrogate pair is left.
 */
export function shorten(text: string, max: number): string {
	if (text.length <= max) return text;
	const end = max - 1;
	const isHalf = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
	return `${text.slice(0, isHalf ? end - 1 : end)}…`;
}

/** At most so many bytes of UTF-8, with an ellipsis where it was cut. */
export function shortenBytes(text: string, maxBytes: number): string {
	if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
	const room = new Uint8Array(maxBytes - 3);
	const { read } = new TextEncoder().encodeInto(text, room);
	return `${text.slice(0, read)}…`;
}

/** A message with a hint as a further sentence; the message itself stays as it is, since others compare it. */
export function withHint(message: string, hint: string | undefined): string {
	if (hint === undefined) return message;
	return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
}
