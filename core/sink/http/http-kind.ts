import { SCHEMES } from '../../signature/schemes/index';
import type { SecretFields } from '../secret-ref';
import type { SinkKind } from '../sink-kind';
import { authSecrets } from './auth/index';
import { checkHttpRows } from './check-rows';
import { validateHttpSink, type HttpSinkConfig } from './http-config';
import { createHttpSink } from './http-sink';

/** An HTTP endpoint. */
export const httpKind: SinkKind<HttpSinkConfig> = {
	fields: {
		url: true,
		method: true,
		headers: true,
		auth: true,
		signatures: true,
		timeoutMs: true,
		send: true,
		concurrency: true,
		format: true,
		csvHeader: true,
		body: true,
		labels: true,
		gzip: true,
		retryAllStatuses: true,
		retryOn: true,
		finalOn: true,
		sendCredentials: true,
		ca: true,
		clientCertificate: true,
		proxy: true,
		origin: true,
		allowHttp: true,
		allowedCidrs: true,
	},
	secrets: {
		url: 'url',
		'headers.*': 'maybe',
		'clientCertificate.key': 'always',
		'clientCertificate.passphrase': 'always',
		'proxy.password': 'always',
		...authSecrets(),
		...signatureSecrets(),
	},
	validate: validateHttpSink,
	checkRows: checkHttpRows,
	create: createHttpSink,
};

/** As the schemes name them. */
function signatureSecrets(): SecretFields {
	const fields = SCHEMES.flatMap((scheme) =>
		scheme.fields.filter(({ type }) => type === 'secrets'),
	);
	return Object.fromEntries(fields.map(({ name }) => [`signatures.*.${name}.*`, 'always']));
}
