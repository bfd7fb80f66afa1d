import * as z from 'zod/v4';
import { RELEASE } from '../runtime/release';
import { openApiOf } from './openapi';
import { reply, route, type Dialect } from './route';

/** The route at which a dialect serves its own OpenAPI document, for everybody. */
export function documentationRoute(pattern: string, dialect: () => Dialect<never>) {
	let document: Readonly<Record<string, unknown>> | undefined;
	return route<unknown>()({
		method: 'GET',
		pattern,
		operation: 'getDocumentation',
		summary: 'The description of this API as OpenAPI 3.1.',
		scope: 'open',
		output: {
			200: { description: 'The document.', json: z.record(z.string(), z.unknown()) },
		},
		handle: async () => reply(200, { ...(document ??= openApiOf(dialect(), RELEASE)) }),
	});
}
