/**
 * How a header carries signatures: one (`sha256=<hex>`), or a list of entries with a comma or semicolon between them
 * (`t=1764367200,v1=<hex>,v1=<hex>`), in which the signatures are those that begin with the prefix.
 */
import type { Headers } from '../../event/event';
import { failure } from '../failure';

export const LAYOUTS = ['single', 'list'] as const;
export const ENCODINGS = ['hex', 'base64', 'base64url'] as const;

export type Encoding = (typeof ENCODINGS)[number];

const CHARACTERS: Readonly<Record<Encoding, RegExp>> = {
	hex: /^[0-9a-f]+$/i,
	base64: /^[A-Za-z0-9+/]+={0,2}$/,
	base64url: /^[A-Za-z0-9_-]+={0,2}$/,
};

/** More in one header are an attack, each costs a comparison. */
const MAX_ENTRIES = 50;

export interface HeaderForm {
	readonly header: string;
	readonly layout: (typeof LAYOUTS)[number];
	readonly prefix: string;
	readonly encoding: Encoding;
}

export interface FoundSignatures {
	readonly signatures: readonly Uint8Array[];
	/** Values of the entries that begin with a name and `=`. */
	entries(name: string): readonly string[];
}

/** @throws SignatureError; details.reason is missing_header, several_headers, too_many_signatures or malformed_signature */
export function findSignatures(headers: Headers, form: HeaderForm): FoundSignatures {
	const values = headers[form.header.toLowerCase()] ?? [];
	if (values.every((value) => value === '')) {
		throw failure('ERR_SIGNATURE_MISSING', 'missing_header');
	}
	const parts =
		form.layout === 'single'
			? values
			: values.flatMap((value) => value.split(/[,;]/).map((part) => part.trim()));
	if (form.layout === 'single' && parts.length > 1) {
		throw failure('ERR_SIGNATURE_MISMATCH', 'several_headers');
	}
	if (parts.length > MAX_ENTRIES) throw failure('ERR_SIGNATURE_MISMATCH', 'too_many_signatures');
	const signatures = parts.flatMap((part) => decode(part.trim(), form) ?? []);
	if (signatures.length === 0) throw failure('ERR_SIGNATURE_MISMATCH', 'malformed_signature');
	return {
		signatures,
		entries: (name) =>
			parts
				.filter((part) => part.startsWith(`${name}=`))
				.map((part) => part.slice(name.length + 1)),
	};
}

function decode(text: string, { prefix, encoding }: HeaderForm): Uint8Array | undefined {
	if (!text.startsWith(prefix)) return undefined;
	const encoded = text.slice(prefix.length);
	const isWhole = encoding !== 'hex' || encoded.length % 2 === 0;
	return isWhole && CHARACTERS[encoding].test(encoded) ? Buffer.from(encoded, encoding) : undefined;
}

/** @param entries written before the signatures of a list, such as `t=1764367200` */
export function writeSignatures(
	macs: readonly Buffer[],
	{ layout, prefix, encoding }: HeaderForm,
	entries: readonly string[],
): string {
	const written = macs.map((mac) => prefix + mac.toString(encoding));
	return layout === 'single' ? (written[0] ?? '') : [...entries, ...written].join(',');
}
