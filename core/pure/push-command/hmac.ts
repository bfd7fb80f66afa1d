import {
	COMMAND_FORM_TEXT,
	commandEvent,
	macKey,
	TIME,
	type CommandParts,
	type CommandTarget,
} from './request';
import { BASE64, BASE64URL, output, print, variable, type Variable } from './shell';

/** The fields of the scheme that count here, all of them set. */
interface HmacFields {
	readonly header: string;
	readonly hash: string;
	readonly encoding: string;
	readonly layout: string;
	readonly prefix: string;
	readonly content: string;
	readonly timestampHeader: string;
	readonly timestampEntry: string;
	readonly secretEncoding: string;
	readonly publicUrl: string;
}

const ENCODERS: Readonly<Record<string, readonly string[]>> = {
	hex: ['-r', "cut -d' ' -f1"],
	base64: ['-binary', BASE64],
	base64url: ['-binary', BASE64URL],
};

const T = variable('T');

/** Signs as the scheme `hmac` verifies; of headers that are signed a value is made up. */
export function hmacParts(fields: HmacFields, target: CommandTarget): CommandParts {
	const { content, hash, encoding, prefix, timestampHeader, timestampEntry } = fields;
	const isForm = content.includes('{form}');
	const isTimed = content.includes('{timestamp}');
	const signed = signedHeaders(fields, target, isForm);
	const pieces = content
		.split(/(\{[^{}]*\})/)
		.filter((piece) => piece !== '')
		.map((piece) => valueOf(piece, fields, signed));
	const key = macKey(fields.secretEncoding);
	const [form = '', encoder = ''] = ENCODERS[encoding] ?? [];
	const isInEntry = isTimed && timestampHeader === '';
	return {
		asks: 'secret',
		isForm,
		steps: [
			...(isTimed ? [TIME] : []),
			...key.steps,
			output('SIGNATURE', print(...pieces), `openssl dgst -${hash} ${key.args} ${form}`, encoder),
		],
		headers: [
			...signed.filter(({ isOurs }) => isOurs).map(({ name, value }) => [`${name}: `, value]),
			...(isTimed && !isInEntry ? [[`${timestampHeader}: `, T]] : []),
			[
				`${fields.header}: `,
				...(isInEntry ? [`${timestampEntry}=`, T, ','] : []),
				prefix,
				variable('SIGNATURE'),
			],
		],
	};
}

interface SignedHeader {
	readonly name: string;
	readonly value: string | Variable;
	/** curl would not send it by itself, and nothing else here does. */
	readonly isOurs: boolean;
}

function signedHeaders(
	{ content, timestampHeader }: HmacFields,
	target: CommandTarget,
	isForm: boolean,
): readonly SignedHeader[] {
	const { url } = target;
	return [...content.matchAll(/\{header:([^{}]+)\}/g)].map(([, name = '']) => {
		const lower = name.toLowerCase();
		if (lower === 'content-type')
			return { name, value: commandEvent(target, isForm).type, isOurs: false };
		if (lower === 'host' && url !== undefined) {
			return { name, value: new URL(url).host, isOurs: false };
		}
		if (lower === timestampHeader.toLowerCase()) return { name, value: T, isOurs: false };
		return { name, value: 'test', isOurs: true };
	});
}

function valueOf(
	piece: string,
	{ publicUrl }: HmacFields,
	signed: readonly SignedHeader[],
): string | Variable {
	const [, header] = /^\{header:(.*)\}$/.exec(piece) ?? [];
	if (header !== undefined) return signed.find(({ name }) => name === header)?.value ?? '';
	switch (piece) {
		case '{body}':
			return variable('BODY');
		case '{timestamp}':
			return T;
		case '{url}':
			return publicUrl;
		case '{method}':
			return 'POST';
		case '{form}':
			return COMMAND_FORM_TEXT;
		default:
			return piece;
	}
}
