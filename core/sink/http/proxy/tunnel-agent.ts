import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ChosenProxy } from './choose-proxy';

/** What is said to the endpoint at the end of the tunnel. */
export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'>;

/** What a request says to the agent beside what Node knows. */
export interface TunnelOptions {
	readonly giveUp?: AbortSignal;
}

/** Reaches https: endpoints through a tunnel (CONNECT), keeps the connections alive, and gives up with the request. */
export class TunnelAgent extends HttpsProxyAgent<string> {
	readonly #tls: TlsOptions;

	constructor({ url, authorization }: ChosenProxy, tls: TlsOptions) {
		const headers = authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
		super(url.href, { keepAlive: true, headers });
		this.#tls = tls;
	}

	override async connect(
		...[request, options]: Parameters<HttpsProxyAgent<string>['connect']>
	): ReturnType<HttpsProxyAgent<string>['connect']> {
		// A proxy that never answers the CONNECT would hold the connection for ever: the request has no socket yet that could be ended.
		const { giveUp } = options as TunnelOptions;
		const abort = new AbortController();
		const stop = (): void => abort.abort();
		if (giveUp?.aborted) stop();
		giveUp?.addEventListener('abort', stop);
		// Read by `super.connect` before it waits for anything.
		Object.assign(this.connectOpts, { signal: abort.signal });
		try {
			const tls: ConnectionOptions = {
				...this.#tls,
				// An endpoint that is named by its address would be taken for `localhost`.
				checkServerIdentity: (_name, certificate) =>
					checkServerIdentity(options.host ?? '', certificate),
			};
			return await super.connect(request, { ...options, ...tls } as typeof options);
		} finally {
			giveUp?.removeEventListener('abort', stop);
		}
	}
}
