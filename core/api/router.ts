import { CoreError } from '../errors';
import { compilePattern, type Pattern } from './pattern';
import type { Dialect, Method, Route } from './route';

export interface Found<Core> {
	readonly route: Route<Core>;
	/** Decoded. */
	readonly parameters: Readonly<Record<string, string>>;
}

/** Which route of a dialect a request is for. */
export class Router<Core> {
	readonly #routes: readonly { readonly route: Route<Core>; readonly pattern: Pattern }[];

	/** @throws TypeError for two routes that nothing tells apart, and for two operations of one name */
	constructor({ routes }: Pick<Dialect<Core>, 'routes'>) {
		this.#routes = routes
			.map((route) => ({ route, pattern: compilePattern(route.pattern) }))
			.sort((a, b) => (a.pattern.rank < b.pattern.rank ? -1 : 1));
		requireUnique(routes.map(({ operation }) => operation));
		requireUnique(
			routes.map(({ method, pattern }) => `${method} ${pattern.replaceAll(/\{\w+\}/g, '{}')}`),
		);
	}

	/**
	 * @param method as it came; HEAD is GET
	 * @param path as `requestPath` gives it
	 * @throws CoreError ERR_ROUTE_UNKNOWN; ERR_METHOD where the path is served by others
	 */
	find(method: string, path: string): Found<Core> {
		const wanted = method === 'HEAD' ? 'GET' : method;
		const here = this.#at(path);
		const found = here.find(({ route }) => route.method === wanted);
		if (found) return found;
		if (here.length > 0) throw new CoreError('ERR_METHOD', 'this method is not served here');
		throw new CoreError('ERR_ROUTE_UNKNOWN', 'nothing is served at this path');
	}

	/** Methods that are served at a path, for Allow; none where the path is unknown. */
	methodsAt(path: string): readonly string[] {
		const methods = new Set<string>(this.#at(path).map(({ route }) => route.method));
		if (methods.size === 0) return [];
		return [...methods, ...(methods.has('GET' satisfies Method) ? ['HEAD'] : []), 'OPTIONS'];
	}

	#at(path: string): Found<Core>[] {
		return this.#routes.flatMap(({ route, pattern }) => {
			const parameters = pattern.match(path);
			return parameters ? [{ route, parameters }] : [];
		});
	}
}

function requireUnique(names: readonly string[]): void {
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice !== undefined) throw new TypeError(`two routes are ${twice}`);
}
