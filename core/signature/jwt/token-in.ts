import type { Headers } from '../../event/event';
import { tokenFailure } from '../token-failure';

/** The token behind a prefix in a header. @throws SignatureError; details.reason is missing_header or malformed_token */
export function tokenIn(headers: Headers, header: string, prefix: string): string {
	const values = headers[header.toLowerCase()] ?? [];
	const [value = ''] = values;
	// Names of authentication schemes are written in any case (RFC 9110, 11.1).
	if (value.slice(0, prefix.length).toLowerCase() !== prefix.toLowerCase())
		throw tokenFailure('missing_header');
	const token = value.slice(prefix.length).trim();
	if (token === '') throw tokenFailure('missing_header');
	if (values.length > 1) throw tokenFailure('malformed_token');
	return token;
}
