/** Places in a configuration, as messages name them. */

/** `a` and `b` are `a.b`; nothing and `b` are `b`. */
export function joinPath(path: string, name: string): string {
	return path === '' ? name : `${path}.${name}`;
}

/** For names that somebody made up, such as those of headers: `headers["X-Id"]`. */
export function elementPath(path: string, name: string): string {
	return `${path}[${JSON.stringify(name.slice(0, 60))}]`;
}
