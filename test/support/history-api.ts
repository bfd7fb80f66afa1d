import { startSinkServer } from './sink-server';

const PAGE_SIZE = 3;

/** The history of a sender: its events page by page, for whoever shows the key (as `events.list` of Disruptive Technologies). */
export interface HistoryApi {
	readonly url: string;
	/** Ids of all events, the first one first. */
	readonly ids: readonly string[];
	/** What was asked for; the first page is null. */
	readonly asked: { readonly page: string | null; readonly startTime: string | null }[];
	event(eventId: string): object;
	add(...eventIds: string[]): void;
	/** The page with this token is answered 503, once. */
	failOnce(page: number): void;
	close(): Promise<void>;
}

export async function startHistoryApi(key: string): Promise<HistoryApi> {
	const server = await startSinkServer();
	const ids = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7'];
	const asked: HistoryApi['asked'] = [];
	const failing = new Set<string>();
	const event = (eventId: string): object => ({ eventId, eventType: 'touch', data: {} });
	server.answer = ({ url, headers }, response) => {
		const query = new URL(url, server.url).searchParams;
		if (headers['authorization'] !== key) return void response.writeHead(401).end();
		const page = query.get('pageToken');
		asked.push({ page, startTime: query.get('startTime') });
		if (failing.delete(page ?? '1')) return void response.writeHead(503).end();
		const from = (Number(page ?? 1) - 1) * PAGE_SIZE;
		const hasMore = from + PAGE_SIZE < ids.length;
		const events = ids.slice(from, from + PAGE_SIZE).map(event);
		const body = { events, nextPageToken: hasMore ? String(from / PAGE_SIZE + 2) : '' };
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	};
	return {
		url: server.url,
		ids,
		asked,
		event,
		add: (...more) => void ids.push(...more),
		failOnce: (page) => void failing.add(String(page)),
		close: () => server.close(),
	};
}
