import { contentTypeOf } from '../../../event/body-kind';
import type { Event } from '../../../event/event';
import { ReceiveError } from '../../../errors';
import { arrayElements } from '../array-elements';
import type { Part } from '../part';
import { invalidCloudEvent } from './attributes';
import { ATTRIBUTE_PREFIX, fromBinaryMode } from './binary-mode';

/** Of an event in the JSON format, as each of them is kept. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json';

/**
 * The CloudEvents of a request, each in the JSON format: by its content type one (structured mode), a list of them (batch), or else one
 * whose attributes are headers (binary mode). CloudEvents 1.0.2, HTTP binding 3.
 *
 * @param request its headers, and its body as it came
 * @throws ReceiveError ERR_CONTENT_TYPE for another format than JSON, ERR_BODY_UNREADABLE for a batch that is no list, and as `fromBinaryMode`
 */
export function* cloudEventParts(request: Event): Generator<Part> {
	const { body } = request;
	switch (modeOf(request)) {
		case 'batch':
			if (!isList(body)) throw invalidCloudEvent('a batch of them is a JSON array');
			return yield* arrayElements(body);
		case 'structured':
			return yield { bytes: body, at: 0 };
		default:
			return yield { bytes: fromBinaryMode(request), at: 0 };
	}
}

/** Whether the body is JSON by its mode, and has to be UTF-8. */
export function isJsonMode(request: Pick<Event, 'headers'>): boolean {
	return modeOf(request) !== 'binary';
}

/** The headers `ce-…` are in the event now. */
export function withoutAttributes<T extends Pick<Event, 'headers'>>(request: T): T {
	const headers: Record<string, readonly string[]> = Object.create(null);
	for (const [name, values] of Object.entries(request.headers)) {
		if (!name.startsWith(ATTRIBUTE_PREFIX)) headers[name] = values;
	}
	return { ...request, headers };
}

/** HTTP binding, 3: the type decides, whatever headers there are. */
function modeOf(request: Pick<Event, 'headers'>): 'structured' | 'batch' | 'binary' {
	const { type } = contentTypeOf(request);
	if (!type.startsWith('application/cloudevents')) return 'binary';
	if (type === 'application/cloudevents-batch+json' || type === 'application/cloudevents-batch')
		return 'batch';
	if (type === CLOUD_EVENT_TYPE || type === 'application/cloudevents') return 'structured';
	throw new ReceiveError(
		'ERR_CONTENT_TYPE',
		`CloudEvents are taken as JSON (${CLOUD_EVENT_TYPE}, application/cloudevents-batch+json, or with headers ce-…), and not as ${JSON.stringify(type.slice(0, 60))}`,
	);
}

/** By the first byte that is no space or byte order mark. */
function isList(body: Uint8Array): boolean {
	return body.find((byte) => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte)) === 0x5b;
}
