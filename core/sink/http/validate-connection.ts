import { checkChoice, checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { validateCidrs } from '../../event/networks';
import { HTTP_TIMEOUT_MS } from '../../pure/bounds';
import { validateClientCertificate, type ClientCertificateConfig } from './client-certificate';
import type { AddressRules } from './guard';
import { validateProxy, type ProxyConfig } from './proxy/proxy-config';

/** The way to whatever is reached over HTTP. */
export interface ConnectionConfig extends AddressRules {
	/** For one request; bounds and default `HTTP_TIMEOUT_MS` (D44). */
	readonly timeoutMs?: number | undefined;
	/** Certificates to trust besides those of Node and the environment, PEM. */
	readonly ca?: string | undefined;
	/** By which the endpoint knows us. */
	readonly clientCertificate?: ClientCertificateConfig | undefined;
	/** Default `environment`. */
	readonly proxy?: ProxyConfig | undefined;
}

/** @param at the path of a field, for messages @throws ConfigError naming path and bound, never a secret */
export function validateConnection(
	config: ConnectionConfig,
	at: (name: keyof ConnectionConfig) => string,
): void {
	const { timeoutMs = HTTP_TIMEOUT_MS.fallback, ca, proxy, origin, allowHttp } = config;
	checkWhole(timeoutMs, at('timeoutMs'), HTTP_TIMEOUT_MS);
	if (ca !== undefined && typeof ca !== 'string') {
		throw new ConfigError(at('ca'), 'certificates as PEM text', ca);
	}
	validateClientCertificate(config.clientCertificate, at('clientCertificate'));
	if (proxy !== undefined) validateProxy(proxy, at('proxy'));
	if (origin !== undefined) checkChoice(origin, at('origin'), ['literal', 'dynamic'] as const);
	if (allowHttp !== undefined && typeof allowHttp !== 'boolean') {
		throw new ConfigError(at('allowHttp'), 'true or false', allowHttp);
	}
	const { allowedCidrs = [] } = config;
	if (!Array.isArray(allowedCidrs)) {
		throw new ConfigError(at('allowedCidrs'), 'a list of networks', allowedCidrs);
	}
	validateCidrs(allowedCidrs as readonly unknown[], at('allowedCidrs'));
}
