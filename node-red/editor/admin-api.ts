import { text } from './text';

/** What the admin API of Sluice answers, or why there is no answer, in words. */
export type Asked<T> = T | { readonly error: string };

/** A question that is under way. */
export interface Question<T> {
	readonly answer: Promise<Asked<T>>;
	abort(): void;
}

const TIMEOUT_MS = 30_000;

/**
 * Asks the server; never rejects.
 *
 * @param path below the admin root, relative, so that Node-RED adds its root and the user's token
 * @param body sent as JSON; none: it is read
 */
export function askServer<T extends object>(path: string, body?: object): Question<T> {
	const request = $.ajax({
		url: path,
		method: body ? 'POST' : 'GET',
		...(body ? { contentType: 'application/json', data: JSON.stringify(body) } : {}),
		dataType: 'json',
		timeout: TIMEOUT_MS,
	});
	const answer = async (): Promise<Asked<T>> => {
		try {
			return (await request) as T;
		} catch {
			const { error } = (request.responseJSON ?? {}) as { error?: string };
			if (error !== undefined) return { error };
			return { error: text(request.status === 401 ? 'server.forbidden' : 'server.unanswered') };
		}
	};
	return { answer: answer(), abort: () => request.abort() };
}
