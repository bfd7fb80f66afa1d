import { startHttpReceiver, type HttpReceiver } from './http-receiver';

/** A realtime resource as the vendor's push API shows it, as far as it is documented. */
export interface PushApi extends HttpReceiver {
	/** Without a path. */
	readonly domain: string;
	/** Records that were pushed, in order. */
	readonly taken: unknown[];
	/** Status and body of the next answers; undefined: nothing is answered. */
	answer:
		{ status: number; body: string; type?: string; headers?: Record<string, string> } | undefined;
	/** Requests with more bytes are answered 413. */
	maxBytes: number;
}

export const OK = { status: 200, body: '{"status":"OK"}' };

export async function startPushApi(): Promise<PushApi> {
	const receiver = await startHttpReceiver(({ url = '', body }, response) => {
		if (!api.answer) return;
		const {
			status,
			body: text,
			type = 'application/json',
			headers = {},
		} = body.length > api.maxBytes
			? { status: 413, body: '{"status":"error","error":"too large"}' }
			: api.answer;
		const isTaken = status === 200 && /ok/i.test(text);
		if (isTaken && url.includes('/push/?')) api.taken.push(...[JSON.parse(body.toString())].flat());
		response.writeHead(status, { 'content-type': type, ...headers }).end(text);
	});
	const api: PushApi = {
		...receiver,
		domain: `http://127.0.0.1:${receiver.port}`,
		taken: [],
		answer: OK,
		maxBytes: Number.POSITIVE_INFINITY,
	};
	return api;
}
