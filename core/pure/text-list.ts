/** Texts that people write side by side: separated by commas or line ends, without what is blank. */
export function textList(text: string): string[] {
	return text
		.split(/[,\n]/)
		.map((one) => one.trim())
		.filter((one) => one !== '');
}
