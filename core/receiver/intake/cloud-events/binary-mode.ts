import { bodyText, unknownCharset } from '../../../event/body';
import { bodyKind } from '../../../event/body-kind';
import type { Event } from '../../../event/event';
import { parseJsonBody } from '../../../event/json-body';
import { bomLength } from '../../../event/utf8';
import { checkCloudEvent, invalidCloudEvent } from './attributes';

/** Of the headers that are attributes. */
export const ATTRIBUTE_PREFIX = 'ce-';

/**
 * An event whose attributes are headers `ce-…` and whose data is the body (CloudEvents HTTP binding 1.0.2, 3.1), in the JSON format: the
 * same as it would have come in structured mode. JSON goes in as it came, so that no number is written anew.
 *
 * @param request its headers, and its body as the data alone
 * @throws ReceiveError ERR_BODY_UNREADABLE naming attribute and header, and for data that is not the JSON that its type says
 */
export function fromBinaryMode(request: Event): Uint8Array {
	const attributes = attributesOf(request);
	checkCloudEvent(attributes, (name) => `${JSON.stringify(name)} (header ${headerOf(name)})`);
	const head = JSON.stringify(attributes).slice(0, -1);
	return Buffer.concat([Buffer.from(head), ...dataOf(request), Buffer.from('}')]);
}

function attributesOf({ headers }: Event): Record<string, string> {
	const attributes: Record<string, string> = Object.create(null);
	for (const [header, values] of Object.entries(headers)) {
		if (!header.startsWith(ATTRIBUTE_PREFIX)) continue;
		const name = header.slice(ATTRIBUTE_PREFIX.length);
		// The data is the body.
		if (name === 'data' || name === 'data_base64')
			throw invalidCloudEvent(`the header ${header} names no attribute`, name);
		attributes[name] = decoded(values.join(', '), header);
	}
	const contentType = headers['content-type']?.[0];
	if (contentType) attributes['datacontenttype'] = contentType;
	return attributes;
}

function headerOf(attribute: string): string {
	return attribute === 'datacontenttype' ? 'content-type' : `${ATTRIBUTE_PREFIX}${attribute}`;
}

/** HTTP binding, 3.1.3.2: quotes are taken off, then `%XX` are bytes of UTF-8. */
function decoded(value: string, header: string): string {
	const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
	const text = quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1');
	try {
		return decodeURIComponent(text);
	} catch {
		throw invalidCloudEvent(`the header ${header.slice(0, 60)} has a % that begins no character`);
	}
}

/** The member with the data, after a comma: none where the body is empty. */
function dataOf(request: Event): Uint8Array[] {
	const { body } = request;
	if (body.length === 0) return [];
	const kind = bodyKind(request);
	if (kind === 'json' || (kind === 'none' && isJson(body))) {
		parseJsonBody(body);
		return [Buffer.from(',"data":'), body.subarray(bomLength(body))];
	}
	const isText = ['text', 'csv', 'form'].includes(kind) && unknownCharset(request) === undefined;
	if (isText) return [Buffer.from(`,"data":${JSON.stringify(bodyText(request))}`)];
	return [Buffer.from(`,"data_base64":"${Buffer.from(body).toString('base64')}"`)];
}

function isJson(body: Uint8Array): boolean {
	try {
		parseJsonBody(body);
		return true;
	} catch {
		return false;
	}
}
