import { readStatusPatterns, type StatusPattern } from '../pure/status-pattern';
import { textList } from '../pure/text-list';
import type { HttpSinkConfig } from '../sink/http/http-config';

/** What a request carries, and which answers are final; how they are used is told in buffer-settings.ts. */
export interface RequestSettings {
	readonly method?: HttpSinkConfig['method'];
	/** All rows of a batch in one request (default), or each row in a request of its own. */
	readonly send?: HttpSinkConfig['send'];
	/** Of a batch. */
	readonly format?: HttpSinkConfig['format'];
	/** Of CSV. */
	readonly csvHeader?: boolean | undefined;
	readonly body?: HttpSinkConfig['body'];
	/** Keys of the labels that the body `connector` carries, separated by commas. */
	readonly labels?: string | undefined;
	readonly gzip?: boolean | undefined;
	/** Statuses such as `404, 5xx` that come again, and that are final, whatever the table says. */
	readonly retryOn?: string | undefined;
	readonly finalOn?: string | undefined;
}

type RequestConfig = Pick<
	HttpSinkConfig,
	'method' | 'send' | 'format' | 'csvHeader' | 'body' | 'labels' | 'gzip' | 'retryOn' | 'finalOn'
>;

/** What a dialog hides because of another setting is left out. Nothing is checked here: `validateHttpSink` does. */
export function toRequest(settings: RequestSettings): RequestConfig {
	const { method, send, body, gzip, labels = '', retryOn = '', finalOn = '' } = settings;
	const format = send === 'row' ? undefined : settings.format;
	const again = readStatusPatterns(retryOn) as StatusPattern[];
	const final = readStatusPatterns(finalOn) as StatusPattern[];
	return {
		...(method === undefined ? {} : { method }),
		...(send === undefined ? {} : { send }),
		...(format === undefined ? {} : { format }),
		...(format === 'csv' && settings.csvHeader !== undefined
			? { csvHeader: settings.csvHeader }
			: {}),
		...(body === undefined ? {} : { body }),
		...(body === 'connector' ? { labels: textList(labels) } : {}),
		...(gzip === undefined ? {} : { gzip }),
		...(again.length > 0 ? { retryOn: again } : {}),
		...(final.length > 0 ? { finalOn: final } : {}),
	};
}
