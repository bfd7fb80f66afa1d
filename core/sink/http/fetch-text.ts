import type { FetchText } from '../../runtime/fetch-text';
import { createTransport, type TransportOptions } from './transport';
import { USER_AGENT } from './user-agent';

/** A sender that waits for what hangs on it gives up after 15 s (SNS). */
const TIMEOUT_MS = 10_000;

/**
 * Fetches by the transport of the http sink and its guard: for URLs that come from data, so over https alone and never from a private
 * address. A connection for each document, since one is fetched now and then.
 *
 * @param options for tests
 */
export function createFetchText(options: TransportOptions = {}): FetchText {
	return async (url) => {
		const transport = createTransport({ origin: 'dynamic', ...options });
		try {
			const { status, body } = await transport.send({
				method: 'GET',
				url,
				headers: { 'User-Agent': USER_AGENT },
				body: new Uint8Array(0),
				timeoutMs: TIMEOUT_MS,
			});
			return { status, text: Buffer.from(body).toString('utf8') };
		} finally {
			transport.close();
		}
	};
}

/** The one of this process, where nobody brings another: what is fetched by it is known to all. */
export const fetchText: FetchText = createFetchText();
