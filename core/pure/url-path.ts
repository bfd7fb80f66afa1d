/** Paths that people configure: of receivers and of whatever else is served. */

/** For messages. */
export const URL_PATH =
	'a path that begins with /, without spaces and ? # { } * : \\, and without . or .. between slashes';

/** Whether a path can be requested as it is written, and is no pattern, which hosts write with braces, stars and colons. */
export function isUrlPath(written: string): boolean {
	return (
		/^\/[^\s?#{}*:\\]*$/.test(written) &&
		!written.split('/').some((segment) => segment === '.' || segment === '..')
	);
}
