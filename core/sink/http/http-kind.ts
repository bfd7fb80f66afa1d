import type { SinkKind } from '../sink-kind';
import { validateHttpSink, type HttpSinkConfig } from './http-config';
import { createHttpSink } from './http-sink';

/** An HTTP endpoint. */
export const httpKind: SinkKind<HttpSinkConfig> = {
	fields: {
		url: true,
		headers: true,
		signature: true,
		timeoutMs: true,
		retryAllStatuses: true,
		send: true,
		sendCredentials: true,
		ca: true,
		origin: true,
		allowHttp: true,
		allowedCidrs: true,
	},
	secrets: { 'headers.*': 'maybe', 'signature.secret': 'always' },
	validate: validateHttpSink,
	create: createHttpSink,
};
