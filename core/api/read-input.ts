/** From a request to the values that its route takes. */
import * as z from 'zod/v4';
import { ReceiveError } from '../errors';
import { parseContentType } from '../event/content-type';
import type { Headers } from '../event/event';
import { readBody } from '../receiver/intake/body';
import type { PushedRequest } from '../receiver/request';
import { checkInput, InputError } from './input-error';
import { BODY_BYTES, type BodyInput, type RouteInput } from './route';
import { parseStrictJson } from './strict-json';

/** Of a parameter that its route says nothing of. UTF-16 units; the id of an export may be as long. */
const PARAMETER_LENGTH = 500;
const anyParameters = z.record(z.string(), z.string().max(PARAMETER_LENGTH));

/** @throws InputError */
export function readPath(
	input: RouteInput,
	parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
	const schema = input.path ?? anyParameters;
	return checkInput(schema, { ...parameters }, 'path') as Readonly<Record<string, string>>;
}

/** @throws InputError, where a parameter is repeated, too */
export function readQuery(input: RouteInput, query: PushedRequest['query'] = {}): unknown {
	if (!input.query) return undefined;
	return checkInput(input.query, onlyValues(query, 'query'), 'query');
}

/**
 * @throws ReceiveError ERR_BODY_TOO_LARGE, ERR_CONTENT_TYPE, ERR_CONTENT_ENCODING, ERR_BODY_UNREADABLE; InputError
 */
export async function readJson(
	input: RouteInput,
	request: PushedRequest,
	headers: Headers,
): Promise<unknown> {
	const { body } = input;
	if (!body) return undefined;
	requirePlain(headers);
	const bytes = await readBody(request, { maxBodyBytes: body.maxBytes ?? BODY_BYTES });
	if (bytes.length === 0 && body.isOptional) return checkInput(body.schema, undefined, 'body');
	requireType(body, headers);
	return checkInput(body.schema, parse(body, bytes), 'body');
}

function parse({ as }: BodyInput, bytes: Uint8Array): unknown {
	if (as === 'json') return parseStrictJson(bytes);
	const form: Record<string, string[]> = Object.create(null);
	for (const [name, value] of new URLSearchParams(Buffer.from(bytes).toString('utf8'))) {
		(form[name] ??= []).push(value);
	}
	return onlyValues(form, 'body');
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

function onlyValues(
	given: Readonly<Record<string, readonly string[]>>,
	where: 'query' | 'body',
): Record<string, string> {
	const values: Record<string, string> = Object.create(null);
	for (const [name, [first = '', ...others]] of Object.entries(given)) {
		if (others.length > 0) {
			const expected = 'expected once';
			throw new InputError([{ in: where, path: [name], problem: 'form', expected, given: others }]);
		}
		values[name] = first;
	}
	return values;
}
