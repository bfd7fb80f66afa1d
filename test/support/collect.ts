/** All that comes, slice by slice. */
export async function collect<T>(slices: AsyncIterable<readonly T[]>): Promise<T[]> {
	const all: T[] = [];
	for await (const slice of slices) all.push(...slice);
	return all;
}
