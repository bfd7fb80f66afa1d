/** What tells clients apart. Of IPv6 the first 64 bits: whoever has one of its addresses has all of them. */
export function networkOf(ip: string): string {
	if (!ip.includes(':')) return ip;
	const [head = '', tail] = ip.toLowerCase().split('%')[0]?.split('::', 2) ?? [];
	const left = head === '' ? [] : head.split(':');
	const right = tail === undefined || tail === '' ? [] : tail.split(':');
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
	const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
	return groups
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':');
}
