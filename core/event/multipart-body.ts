import { ReceiveError } from '../errors';
import { decoderOf, decodeText, type Decode } from './charset';
import { parseContentType } from './content-type';

/** A file of a form: it is named, not read. */
export interface FormFile {
	readonly file: { readonly name: string; readonly type: string; readonly size: number };
	readonly note: string;
}

type Field = string | FormFile;
/** A repeated name is a list, as in other forms. */
export type MultipartForm = Record<string, Field | Field[]>;

const NOT_READ = 'files are not read, only fields are';
/** Header lines of one part; RFC 7578 needs three. */
const MAX_HEADER_BYTES = 16_384;
const [CRLF, HEADERS_END] = [Buffer.from('\r\n'), Buffer.from('\r\n\r\n')];

/**
 * Reads `multipart/form-data` (RFC 7578). Fields are texts: in the charset of their part, of the field `_charset_`, or as
 * `decodeText` finds out. A part with a file name is a file.
 *
 * @param boundary from the content type
 * @throws ReceiveError ERR_BODY_UNREADABLE
 */
export function parseMultipartBody(body: Uint8Array, boundary: string | undefined): MultipartForm {
	if (boundary === undefined || boundary === '' || boundary.length > 200) {
		throw unreadable('its content type names no boundary');
	}
	const parts = [...partsOf(Buffer.from(body.buffer, body.byteOffset, body.length), boundary)];
	const charset = parts.find(({ name }) => name === '_charset_');
	const fallback = decodersOf(charset?.content.toString('latin1'));
	const form: MultipartForm = Object.create(null);
	for (const { name, fileName, type, content } of parts) {
		const { parameters } = parseContentType(type);
		const field: Field =
			fileName === undefined
				? decodeText(content, [...decodersOf(parameters.get('charset')), ...fallback])
				: { file: { name: fileName, type, size: content.length }, note: NOT_READ };
		const known = form[name];
		if (known === undefined) form[name] = field;
		else if (Array.isArray(known)) known.push(field);
		else form[name] = [known, field];
	}
	return form;
}

interface Part {
	readonly name: string;
	readonly fileName: string | undefined;
	readonly type: string;
	readonly content: Buffer;
}

/** Every byte is looked at a fixed number of times: the body may be one large file. */
function* partsOf(body: Buffer, boundary: string): Generator<Part> {
	const delimiter = Buffer.from(`--${boundary}`);
	const inner = Buffer.concat([CRLF, delimiter]);
	// What stands before the first boundary belongs to nobody.
	let at = body.subarray(0, delimiter.length).equals(delimiter)
		? delimiter.length
		: afterOf(body, inner, 0);
	for (;;) {
		if (body.subarray(at, at + 2).toString('latin1') === '--') return;
		const start = afterOf(body, CRLF, at);
		if (/[^ \t]/.test(body.toString('latin1', at, Math.min(start - 2, at + 100)))) {
			throw unreadable('a boundary does not end its line');
		}
		const end = body.indexOf(inner, Math.max(start - 2, 0));
		if (end < 0) throw unreadable('its last part has no end');
		yield partOf(body.subarray(start - 2, Math.max(end, start - 2)));
		at = end + inner.length;
	}
}

/** @param bytes from the line end before the headers to the one before the next boundary */
function partOf(bytes: Buffer): Part {
	const headersEnd = bytes.indexOf(HEADERS_END);
	if (headersEnd < 0) throw unreadable('a part has no end of its headers');
	if (headersEnd > MAX_HEADER_BYTES) throw unreadable('a part has more than 16 KiB of headers');
	const headers = new Map<string, string>();
	for (const line of decodeText(bytes.subarray(0, headersEnd), []).split('\r\n')) {
		const colon = line.indexOf(':');
		if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1));
	}
	const { parameters } = parseContentType(headers.get('content-disposition') ?? '');
	const name = parameters.get('name');
	if (name === undefined) throw unreadable('a part has no name');
	return {
		name,
		fileName: extendedValue(parameters.get('filename*')) ?? parameters.get('filename'),
		type: headers.get('content-type')?.trim() ?? 'application/octet-stream',
		content: bytes.subarray(headersEnd + HEADERS_END.length),
	};
}

/** `utf-8''na%C3%AFve.txt` (RFC 5987). */
function extendedValue(value: string | undefined): string | undefined {
	const [, text] = /^utf-8'[^']*'(.*)$/i.exec(value ?? '') ?? [];
	try {
		return text === undefined ? undefined : decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

function decodersOf(charset: string | undefined): Decode[] {
	const decode = charset === undefined ? undefined : decoderOf(charset);
	return decode ? [decode] : [];
}

function afterOf(body: Buffer, what: Buffer, from: number): number {
	const at = body.indexOf(what, from);
	if (at < 0) throw unreadable('it has no boundary where one is due');
	return at + what.length;
}

function unreadable(problem: string): ReceiveError {
	return new ReceiveError('ERR_BODY_UNREADABLE', `invalid multipart form: ${problem}`);
}
