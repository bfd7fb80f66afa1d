import { ReceiveError } from '../../../errors';
import { instantOf } from '../../../pure/instant';

/** Of CloudEvents 1.0.2, the only version in use. */
const SPECVERSION = '1.0';

const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
/** Texts that are not empty where they are given. */
const OPTIONAL = ['subject', 'datacontenttype', 'dataschema', 'time'] as const;
const DATA = ['data', 'data_base64'];

/**
 * Checks an event in the JSON format (CloudEvents 1.0.2, 2 and 3; JSON format 2 and 3): what is required, texts that are not empty, the
 * time by RFC 3339, names of lower-case letters and digits, extensions without inner structure, one kind of data. A null is as good as absent.
 *
 * @param nameOf how the sender has written an attribute, such as `"id"`, or `"id" (header ce-id)`
 * @throws ReceiveError ERR_BODY_UNREADABLE naming the attribute
 */
export function checkCloudEvent(
	value: unknown,
	nameOf: (attribute: string) => string = JSON.stringify,
): void {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw invalidCloudEvent('it is no JSON object');
	}
	const event = value as Record<string, unknown>;
	for (const name of REQUIRED) {
		if ((event[name] ?? '') === '')
			throw invalidCloudEvent(`the required attribute ${nameOf(name)} is missing`, name);
	}
	for (const name of [...REQUIRED, ...OPTIONAL]) {
		const given = event[name] ?? undefined;
		if (given !== undefined && (typeof given !== 'string' || given === ''))
			throw invalidCloudEvent(`the attribute ${nameOf(name)} is no text, or an empty one`, name);
	}
	if (event['specversion'] !== SPECVERSION)
		throw invalidCloudEvent(
			`the attribute ${nameOf('specversion')} is not ${SPECVERSION}`,
			'specversion',
		);
	const time = event['time'] ?? undefined;
	if (time !== undefined && instantOf(time) === undefined)
		throw invalidCloudEvent(`the attribute ${nameOf('time')} is no time by RFC 3339`, 'time');
	checkData(event);
	checkExtensions(event, nameOf);
}

/** Checks an event that was read, and tells its source. @throws as checkCloudEvent */
export function cloudEventSource(value: unknown): string {
	checkCloudEvent(value);
	return String((value as { readonly source: unknown }).source);
}

function checkData({ data, data_base64: base64 }: Record<string, unknown>): void {
	if (base64 === undefined || base64 === null) return;
	if (data !== undefined)
		throw invalidCloudEvent('it has both data and data_base64', 'data_base64');
	const isBase64 =
		typeof base64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0;
	if (!isBase64) throw invalidCloudEvent('its data_base64 is no base64', 'data_base64');
}

function checkExtensions(
	event: Readonly<Record<string, unknown>>,
	nameOf: (attribute: string) => string,
): void {
	for (const [name, value] of Object.entries(event)) {
		if (DATA.includes(name)) continue;
		const shown = nameOf(name.slice(0, 60));
		if (!/^[a-z0-9]+$/.test(name))
			throw invalidCloudEvent(
				`the name of the attribute ${shown} has other characters than a to z and 0 to 9`,
				name,
			);
		if (typeof value === 'object' && value !== null)
			throw invalidCloudEvent(`the attribute ${shown} is no text, number or boolean`, name);
	}
}

export function invalidCloudEvent(problem: string, attribute?: string): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `invalid CloudEvent: ${problem}`, {
		details: attribute === undefined ? {} : { attribute },
	});
}
