/** From a request to what its route's schemas are asked of. */
import { ReceiveError } from '../errors';
import { parseContentType } from '../event/content-type';
import type { Headers } from '../event/event';
import { readBody } from '../receiver/intake/body';
import type { PushedRequest } from '../receiver/request';
import { BODY_BYTES, type BodyInput, type RouteInput } from './route';
import { parseStrictJson } from './strict-json';

/**
 * What a body is, before its schema is asked; undefined where the route takes none, or has none and may.
 *
 * @throws ReceiveError ERR_BODY_TOO_LARGE, ERR_CONTENT_TYPE, ERR_CONTENT_ENCODING, ERR_BODY_UNREADABLE
 */
export async function readBodyOf(
	{ body }: RouteInput,
	request: PushedRequest,
	headers: Headers,
): Promise<unknown> {
	if (!body) return undefined;
	requirePlain(headers);
	const bytes = await readBody(request, { maxBodyBytes: body.maxBytes ?? BODY_BYTES });
	if (bytes.length === 0 && body.isOptional) return undefined;
	requireType(body, headers);
	return parse(body, bytes);
}

/** Of a query or a form: each name once, else it stays a list, which no schema takes for a text. */
export function readValues(
	given: Readonly<Record<string, readonly string[]>> = {},
): Record<string, string | readonly string[]> {
	const values: Record<string, string | readonly string[]> = Object.create(null);
	for (const [name, [first = '', ...others]] of Object.entries(given)) {
		values[name] = others.length === 0 ? first : [first, ...others];
	}
	return values;
}

function parse({ as }: BodyInput, bytes: Uint8Array): unknown {
	if (as === 'json') return parseStrictJson(bytes);
	const form: Record<string, string[]> = Object.create(null);
	for (const [name, value] of new URLSearchParams(Buffer.from(bytes).toString('utf8'))) {
		(form[name] ??= []).push(value);
	}
	return readValues(form);
}

/** A bomb is no concern of what never is large. */
function requirePlain(headers: Headers): void {
	const [coding = 'identity'] = headers['content-encoding'] ?? [];
	if (coding.toLowerCase() === 'identity') return;
	throw new ReceiveError('ERR_CONTENT_ENCODING', 'send the body of this request not compressed');
}

const TYPES = {
	json: /^application\/(?:[\w.-]+\+)?json$/,
	form: /^application\/x-www-form-urlencoded$/,
} as const;

function requireType({ as, isOfAnyType = false }: BodyInput, headers: Headers): void {
	const [given] = headers['content-type'] ?? [];
	if (isOfAnyType || given === undefined || TYPES[as].test(parseContentType(given).type)) return;
	const wanted = as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
	throw new ReceiveError('ERR_CONTENT_TYPE', `the body of this request has to be ${wanted}`);
}
