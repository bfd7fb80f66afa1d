import type { FieldKind } from './field-kind';

/** Older documents of the vendor spell it so (O31). */
const OLD_NAME = 'content_type';
const NAME = 'content-type';

/** Standard base64 with its padding; the empty text is an empty file. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** `{"content": "<base64>", "content-type": "image/jpg"}`; further members stay. */
export const file: FieldKind = {
	takes: isFile,
	convert(value) {
		if (!isFile(value)) return undefined;
		if (!Object.hasOwn(value, OLD_NAME)) return value;
		const { [OLD_NAME]: type, ...rest } = value;
		// Two that differ: nobody knows which is meant.
		if (Object.hasOwn(rest, NAME) && rest[NAME] !== type) return undefined;
		return { ...rest, [NAME]: type };
	},
	expected: 'an object with content in base64 and content-type',
	convertible: 'an object with content in base64 and content-type',
};

function isFile(value: unknown): value is Readonly<Record<string, unknown>> {
	if (typeof value !== 'object' || value === null) return false;
	const { content, [NAME]: type, [OLD_NAME]: old } = value as Readonly<Record<string, unknown>>;
	if (typeof content !== 'string' || content.length % 4 !== 0 || !BASE64.test(content))
		return false;
	return [type, old].every((one) => one === undefined || typeof one === 'string');
}
