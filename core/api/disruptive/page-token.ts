/** Pages of lists (D76–D78). */
import * as z from 'zod/v4';
import type { Connector } from './connector';

const MAX_PAGE = 100;

/** A query is text. A page of more than there may be, or of none, is one of as many as there may be. */
const pageSize = z.string().regex(/^\d{1,9}$/, 'expected a number');

/** Each of them as some client spells it. */
export const pageQuery = z.object({
	pageSize: pageSize.optional(),
	page_size: pageSize.optional(),
	pageToken: z.string().optional(),
	page_token: z.string().optional(),
});

export interface Page {
	readonly dataConnectors: Connector[];
	/** Empty on the last page. */
	readonly nextPageToken: string;
}

/** @param project of the path: a token of another project is none, as is any that we did not give (D78) */
export function pageOf(
	all: readonly Connector[],
	{ project, query }: { readonly project: string; readonly query: z.output<typeof pageQuery> },
): Page {
	const asked = Number(query.pageSize ?? query.page_size ?? MAX_PAGE);
	const size = Math.min(asked || MAX_PAGE, MAX_PAGE);
	const last = readToken(query.pageToken ?? query.page_token ?? '', project);
	const rest = all.filter(({ name }) => last === undefined || isBehind(name, last));
	const dataConnectors = rest.slice(0, size);
	const name = dataConnectors.at(-1)?.name;
	const isLast = rest.length <= size || name === undefined;
	return { dataConnectors, nextPageToken: isLast ? '' : tokenOf(name) };
}

/** The name of the last one on a page; who takes it meanwhile takes nothing of the next page. */
function tokenOf(name: string): string {
	return Buffer.from(name).toString('base64url');
}

function readToken(token: string, project: string): string | undefined {
	const name = Buffer.from(token, 'base64url').toString('utf8');
	const isOurs = tokenOf(name) === token && name.startsWith(`projects/${project}/dataconnectors/`);
	return isOurs ? name : undefined;
}

/** In the order of the list. */
function isBehind(name: string, last: string): boolean {
	return Buffer.compare(Buffer.from(name), Buffer.from(last)) > 0;
}
