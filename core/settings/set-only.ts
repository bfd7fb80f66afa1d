/** A field of a dialog that nobody has filled in. */
export function isAbsent(value: unknown): value is undefined | '' {
	return value === undefined || value === '';
}

/** What is set of it; undefined where that is nothing. */
export function setOnly<T extends object>(members: T): SetOf<T> | undefined {
	const set = Object.entries(members).filter(([, value]) => value !== undefined);
	return set.length > 0 ? (Object.fromEntries(set) as SetOf<T>) : undefined;
}

type SetOf<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };
