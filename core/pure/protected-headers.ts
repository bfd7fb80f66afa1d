/**
 * Headers of requests that a configuration cannot set, in lower case: what says where a request goes and how it is framed is of the
 * request, and what would change it would change which bytes are its body (D41). Headers that a signature or the authentication sets
 * are protected as well, where there is one.
 */
export const PROTECTED_HEADERS: readonly string[] = [
	'host',
	'content-length',
	'transfer-encoding',
	'connection',
	'keep-alive',
	'upgrade',
	'te',
	'trailer',
	'expect',
	'proxy-authorization',
	'proxy-connection',
	'accept-encoding',
];

/**
 * The same of answers: how they are framed, what they are encoded with and which time it is are the server's, and what tells a sender to
 * authenticate or to come again belongs to refusals.
 */
export const PROTECTED_ANSWER_HEADERS: readonly string[] = [
	'content-length',
	'transfer-encoding',
	'content-encoding',
	'connection',
	'keep-alive',
	'proxy-connection',
	'upgrade',
	'te',
	'trailer',
	'date',
	'retry-after',
	'www-authenticate',
	'proxy-authenticate',
];
