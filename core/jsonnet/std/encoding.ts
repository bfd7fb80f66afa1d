import { createHash } from 'node:crypto';

import { allocateString, charge, runtimeError } from '../evaluate/run';
import { asString } from '../evaluate/value';
import { decodeBase64, encodeBase64 } from './base64';
import { builtin } from './builtin';
import { byteArray, bytesOf, decodeUtf8, encodeArgument } from './utf8';

import type { Value } from '../evaluate/value';
import type { Builtin } from './builtin';

export const encoding = [
	builtin('encodeUTF8(str)', (str) => byteArray(encodeArgument(str))),
	builtin('decodeUTF8(arr)', (arr) => decodeUtf8(bytesOf(arr, 'decodeUTF8'))),
	builtin('base64(input)', base64),
	builtin('base64Decode(str)', (str) => decodeUtf8(decodeBase64(asString(str)))),
	builtin('base64DecodeBytes(str)', (str) => byteArray(decodeBase64(asString(str)))),
	hash('md5(s|str)', 'md5'),
	hash('sha1(s|str)', 'sha1'),
	hash('sha256(s|str)', 'sha256'),
	hash('sha512(s|str)', 'sha512'),
	hash('sha3(s|str)', 'sha3-512'),
];

/** Of the UTF-8 bytes of a string, whose code points must fit a byte all the same, as in Go (J65). */
function base64(input: Value): string {
	if (typeof input !== 'string') return encodeBase64(bytesOf(input, 'base64'));
	for (let i = 0; i < input.length; i++) {
		if (input.charCodeAt(i) <= 0xff) continue;
		const point = input.codePointAt(i) ?? 0;
		throw runtimeError(
			`base64 encountered invalid codepoint value in the array (must be 0 <= X <= 255), got ${point}`,
		);
	}
	return encodeBase64(encodeArgument(input));
}

function hash(signature: string, algorithm: string): Builtin {
	return builtin(signature, (s) => {
		const bytes = encodeArgument(s);
		charge(bytes.length >>> 4);
		allocateString(128);
		return createHash(algorithm).update(bytes).digest('hex');
	});
}
