import { SCHEMES } from '../../signature/schemes/index';
import type { SecretFields } from '../secret-ref';
import type { SinkKind } from '../sink-kind';
import { validateHttpSink, type HttpSinkConfig } from './http-config';
import { createHttpSink } from './http-sink';

/** An HTTP endpoint. */
export const httpKind: SinkKind<HttpSinkConfig> = {
	fields: {
		url: true,
		headers: true,
		signatures: true,
		timeoutMs: true,
		retryAllStatuses: true,
		send: true,
		sendCredentials: true,
		ca: true,
		origin: true,
		allowHttp: true,
		allowedCidrs: true,
	},
	secrets: { 'headers.*': 'maybe', ...signatureSecrets() },
	validate: validateHttpSink,
	create: createHttpSink,
};

/** As the schemes name them. */
function signatureSecrets(): SecretFields {
	const fields = SCHEMES.flatMap((scheme) =>
		scheme.fields.filter(({ type }) => type === 'secrets'),
	);
	return Object.fromEntries(fields.map(({ name }) => [`signatures.*.${name}.*`, 'always']));
}
