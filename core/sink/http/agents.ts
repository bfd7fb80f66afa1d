import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { HttpProxyAgent } from 'http-proxy-agent';
import type { ChosenProxy } from './proxy/choose-proxy';
import { TunnelAgent, type TlsOptions } from './proxy/tunnel-agent';

/** The kept connections of one way to reach endpoints. */
export interface Agents {
	readonly httpAgent: HttpAgent;
	readonly httpsAgent: HttpAgent;
}

/** All that a transport keeps open: directly, and by each proxy that it has used. */
export class AgentPool {
	readonly #lookup: LookupFunction;
	readonly #tls: TlsOptions;
	readonly #agents = new Map<string, Agents>();

	constructor(lookup: LookupFunction, tls: TlsOptions) {
		this.#lookup = lookup;
		this.#tls = tls;
	}

	get(proxy: ChosenProxy | undefined): Agents {
		const key = proxy ? JSON.stringify([proxy.url, proxy.authorization]) : '';
		let agents = this.#agents.get(key);
		if (!agents) {
			agents = proxy ? this.#through(proxy) : this.#direct();
			this.#agents.set(key, agents);
		}
		return agents;
	}

	close(): void {
		for (const { httpAgent, httpsAgent } of this.#agents.values()) {
			httpAgent.destroy();
			httpsAgent.destroy();
		}
		this.#agents.clear();
	}

	#direct(): Agents {
		const options = { keepAlive: true, lookup: this.#lookup };
		return {
			httpAgent: new HttpAgent(options),
			httpsAgent: new HttpsAgent({ ...options, ...this.#tls }),
		};
	}

	#through(proxy: ChosenProxy): Agents {
		const { url, authorization } = proxy;
		const headers = authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
		return {
			httpAgent: new HttpProxyAgent(url.href, { keepAlive: true, headers }),
			httpsAgent: new TunnelAgent(proxy, this.#tls),
		};
	}
}
