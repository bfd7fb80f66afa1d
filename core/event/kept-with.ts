/**
 * A value that is kept with an object for as long as that lives, and that nobody else sees. What a WeakMap is for; but an entry of one
 * costs 1 µs and work of the collector, and each event has one (bench:accept). A private field may be given to any object by a class
 * whose base class returns it (ECMA-262, 10.2.2): no comparison, copy or clone of the object finds it.
 */
const Given = function (object: object): object {
	return object;
} as unknown as new (object: object) => object;

class Kept extends Given {
	#value: unknown;

	constructor(object: object, value: unknown) {
		super(object);
		this.#value = value;
	}

	static of(object: object): unknown {
		return #value in object ? object.#value : undefined;
	}

	static keep(object: object, value: unknown): void {
		if (#value in object) object.#value = value;
		else new Kept(object, value);
	}
}

/** In the place of what was kept before. */
export function keepWith(object: object, value: unknown): void {
	Kept.keep(object, value);
}

/** What was kept last; undefined where nothing was. */
export function keptWith(object: object): unknown {
	return Kept.of(object);
}
