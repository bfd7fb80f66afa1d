import { ConfigError } from '../../errors';
import { joinPath } from '../../config-path';
import type { SinkKind } from '../sink-kind';
import { validateOpendatasoft, type OpendatasoftConfig } from './opendatasoft-config';
import { createOpendatasoftSink } from './opendatasoft-sink';

/** A realtime dataset of Opendatasoft, or of Sluice. */
export const opendatasoftKind: SinkKind<OpendatasoftConfig> = {
	fields: {
		domain: true,
		dataset: true,
		resource: true,
		pushKey: true,
		operation: true,
		idField: true,
		maxRecords: true,
		timeoutMs: true,
		ca: true,
		clientCertificate: true,
		proxy: true,
		origin: true,
		allowHttp: true,
		allowedCidrs: true,
	},
	secrets: {
		pushKey: 'always',
		'clientCertificate.key': 'always',
		'clientCertificate.passphrase': 'always',
		'proxy.password': 'always',
	},
	validate: validateOpendatasoft,
	checkRows(_config, { order = 'any', maxInFlight = 1 }, path) {
		// A record takes the place of the one with its id (O18): an older state must not come after a newer one (O42).
		if (order === 'any' || maxInFlight > 1) {
			throw new ConfigError(
				joinPath(path, 'kind'),
				'an export with order strict or key, and one batch at once (maxInFlight 1)',
				'opendatasoft',
			);
		}
	},
	create: createOpendatasoftSink,
};
