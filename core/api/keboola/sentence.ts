/** A message as this API writes it: it begins with a capital, and a full stop comes behind a letter, a digit or a quote alone (K33). */
export function sentence(text: string): string {
	const begun = text.replace(/^./u, (first) => first.toUpperCase());
	return /[a-zA-Z0-9'"]$/.test(begun) ? `${begun}.` : begun;
}
