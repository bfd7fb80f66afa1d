import { ConfigError } from '../../errors';
import { configuredPath } from '../../event/path-spelling';
import { isUrlPath, URL_PATH } from '../../pure/url-path';

/** What is served, of one of these two. Both begin with `/`; spellings that mean the same are one (`path-spelling.ts`). */
export type Place =
	| {
			/** This path alone; with `secretInUrl` what is one segment longer, too. */
			readonly path: string;
			readonly secretInUrl?: boolean | undefined;
			readonly prefix?: undefined;
	  }
	| {
			/** This path and whatever lies below it. `/` is everything. */
			readonly prefix: string;
			readonly path?: undefined;
	  };

interface Entry<T> {
	readonly target: T;
	readonly holder: { readonly label: string };
	readonly takesSecret: boolean;
}

/**
 * Who answers where on one server: the exact path first, then the longest place above it. The one look-up of the own listener and of a
 * host's server, so that an address means the same on both.
 */
export class Routes<T> {
	readonly #paths = new Map<string, Entry<T>>();
	readonly #prefixes = new Map<string, Entry<T>>();

	/**
	 * Serves a place until the returned function is called.
	 *
	 * @param holder whom to name where somebody else wants the place
	 * @throws ConfigError when it is none, or is taken: then it names both holders
	 */
	add(place: Place, target: T, holder: { readonly label: string }): () => void {
		const field = place.path === undefined ? 'prefix' : 'path';
		const where = placeOf(place.path ?? place.prefix, field);
		const takesSecret = place.path !== undefined && place.secretInUrl === true;
		const entry: Entry<T> = { target, holder, takesSecret };
		const [own, other] =
			field === 'path' ? [this.#paths, this.#prefixes] : [this.#prefixes, this.#paths];
		const rival = own.get(where) ?? other.get(where);
		// A path may have others below it, but not where each of those could be its secret.
		if (rival && (own.has(where) || takesSecret || rival.takesSecret)) {
			throw new ConfigError(
				field,
				`a ${field} of its own: "${where}" is held by "${rival.holder.label}" and asked for by "${holder.label}"`,
			);
		}
		own.set(where, entry);
		return () => {
			if (own.get(where) === entry) own.delete(where);
		};
	}

	/** @param path as `requestPath` gives it */
	find(path: string): T | undefined {
		const exact = this.#paths.get(path) ?? this.#prefixes.get(path);
		return (exact ?? this.#above(path))?.target;
	}

	/** By the prefixes and not by the segments of the path: a sender decides how many of those there are. */
	#above(path: string): Entry<T> | undefined {
		const parent = this.#paths.get(path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/');
		if (parent?.takesSecret && path !== '/') return parent;
		let longest = '';
		for (const prefix of this.#prefixes.keys()) {
			const isAbove = path.startsWith(prefix === '/' ? prefix : `${prefix}/`);
			if (isAbove && prefix.length > longest.length) longest = prefix;
		}
		return this.#prefixes.get(longest);
	}
}

/** One spelling of a path that can be requested. @throws ConfigError */
function placeOf(written: string, field: string): string {
	const path = configuredPath(written);
	if (isUrlPath(path)) return path;
	throw new ConfigError(field, URL_PATH, written);
}
