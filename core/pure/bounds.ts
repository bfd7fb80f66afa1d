/**
 * Bounds and defaults of what people set, each once: what core checks, what the dialogs of both hosts offer and refuse, and what
 * their texts and the docs say (a test compares). Pure, since a browser loads it too.
 */
import type { Range } from './whole-number';

/** `fallback` is what counts where nobody says. */
export interface Bounds extends Range {
	readonly fallback: number;
}

/** Space to keep free on the disk of a store, whole MB; without a fallback, since the store decides by the size of the disk. */
export const KEEP_FREE_MB = { min: 0, max: 1024 ** 2 } as const;

const MB = 1024 ** 2;
const GB = 1024 * MB;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 86_400 * SECOND_MS;

/** When the open batch of an export is closed (K53, K54): bounds of all, and what counts where a configuration says nothing. */
export const CONDITIONS = {
	count: { min: 1, max: 10_000_000, fallback: 1_000 },
	sizeBytes: { min: 100, max: 50 * MB, fallback: 5 * MB },
	/** The Keboola profile asks for 30 s, nodes for 1 s. */
	timeMs: { min: 30 * SECOND_MS, max: DAY_MS, fallback: 300 * SECOND_MS },
} as const satisfies Record<string, Bounds>;

/** How long nothing has to come for the open batch to be closed; the time condition has to be longer. */
export const IDLE_MS = { min: SECOND_MS, max: DAY_MS - SECOND_MS } as const satisfies Range;

/** Shortest time condition that nodes allow. */
export const NODE_MIN_TIME_MS = SECOND_MS;

/** What the buffer of a node drops in with: 100 events or 5 s. */
export const NODE_TIME_SECONDS = 5;
export const NODE_CONDITIONS = { count: 100, size: '5MB', time: `${NODE_TIME_SECONDS}s` } as const;

/** Files that batches are written to: when one is complete, and how long the disk may take for what is done next. */
export const FILES = {
	/** Reached with the batch that is in it last. */
	bytes: { min: 1_024, max: 10_240 * MB, fallback: 64 * MB },
	/** Since its first batch; 0: each batch is a file. */
	ageMs: { min: 0, max: 7 * DAY_MS, fallback: HOUR_MS },
	timeoutMs: { min: SECOND_MS, max: 600 * SECOND_MS, fallback: 30 * SECOND_MS },
	/** UTF-16 units of a template of names. */
	nameLength: { min: 8, max: 100 },
	name: '{label}_{date}T{time}Z_{number}',
} as const;

/** Pauses before the next attempts, and how far each may be off (D47, D48). */
export const RETRY = {
	maxDelays: 100,
	delayMs: { min: 0, max: 30 * DAY_MS },
	delays: '5s, 5m, 30m, 2h, 5h, 10h, 10h',
	jitter: 0.2,
	/** Longest wait that an endpoint may ask for by Retry-After: beyond it our own schedule is the better guess. */
	maxRetryAfterMs: DAY_MS,
	/** First delay and cap of delays that double. */
	exponentialMs: { min: SECOND_MS, max: DAY_MS },
	/** Shortest last delay that may be repeated. */
	minRepeatedMs: SECOND_MS,
	maxAgeMs: { min: 60 * SECOND_MS, max: 30 * DAY_MS },
	busyDelayMs: { min: 0, max: DAY_MS },
} as const;

/** When requests to a destination are held up, and when it is given up (D52); `core/health` says how. */
export const HEALTH = {
	/** The breaker opens at this share of failures … */
	failurePercent: { min: 1, max: 100, fallback: 70 },
	/** … of at least so many requests … */
	minRequests: { min: 1, max: 1_000, fallback: 10 },
	/** … in this time. */
	windowMs: { min: 10 * SECOND_MS, max: 3_600 * SECOND_MS, fallback: 300 * SECOND_MS },
	/** Nothing but failures for so long disables (D52). */
	disableAfterMs: { min: 3_600 * SECOND_MS, max: 30 * DAY_MS, fallback: 5 * DAY_MS },
	/** Requests; none is the default. */
	perSecond: { min: 1, max: 10_000 },
	perMinute: { min: 1, max: 600_000 },
	/** Requests at once after a pause; default: what a second or, without `perSecond`, a minute allows, at most 100. */
	burst: { min: 1, max: 10_000 },
} as const;

/** What is kept of accepted events for replays; `fallback` where keeping is on and one of the two is not said. */
export const KEEP = {
	ageMs: { min: HOUR_MS, max: 366 * DAY_MS, fallback: 7 * DAY_MS },
	bytes: { min: MB, max: 1024 ** 2 * MB, fallback: 1024 * MB },
} as const satisfies Record<string, Bounds>;

/** The same as dialogs count it: whole days, and GB of 1,024³ bytes. */
export const KEEP_DAYS = { min: 1, max: KEEP.ageMs.max / DAY_MS } as const satisfies Range;
export const KEEP_GB = {
	min: 1,
	max: KEEP.bytes.max / GB,
	fallback: KEEP.bytes.fallback / GB,
} as const satisfies Bounds;

/** What one replay of kept events may name, and how many of its former ones are remembered per export. */
export const REPLAY = { maxTypes: 100, maxEventIds: 1_000, remembered: 20 } as const;

/** Batches of an export that may be with its sink at once. */
export const IN_FLIGHT = { min: 1, max: 100 } as const satisfies Range;

/** With live first a row is new for its time condition and so much longer. */
export const LIVE_BEYOND_MS = 60 * SECOND_MS;

/** Of a filter: how many of each, and UTF-16 units of a type, a label's key and its value. */
export const FILTER = { maxTypes: 100, maxLabels: 20, maxValues: 1_000, maxText: 256 } as const;

/** When something is told, and how much of it waits for who takes it. */
export const ALERTS = {
	/** A row that waits so long beyond its time condition is told. */
	queueAgeMs: 900 * SECOND_MS,
	/** Dead letters of an export are told no more often while there are some. */
	deadLetterEveryMs: 3_600 * SECOND_MS,
	/** When a receiver that gets nothing is told. */
	inactiveAfterMs: { min: 60 * SECOND_MS, max: 30 * DAY_MS },
	/** Alerts that wait; then the oldest are dropped. */
	maxWaiting: 1_000,
	/** Exports that one export of alerts names. */
	maxNames: 100,
} as const;

/** K67; larger pushes belong into object storage, since a request is held in memory. */
export const BODY_BYTES = { min: 1, max: 16 * MB, fallback: MB } as const satisfies Bounds;

/** Of a receiver that limits requests; rates are bounded as in HEALTH. Clients that are told apart: of more, the ones that came last. */
export const RECEIVER_LIMITS = { concurrency: { min: 1, max: 10_000 }, clients: 10_000 } as const;

/** The schema of a receiver: fields in all and of a type (O32), UTF-16 units of a name, and of a pasted sample. */
export const SCHEMA = {
	maxFields: 500,
	maxOfKind: { text: 150, double: 150, int: 100, date: 100, geo_shape: 50, geo_point_2d: 50 },
	maxNameLength: 256,
	maxSampleLength: MB,
} as const;

/** How long the former secret of a URL lets requests in after a change. */
export const FORMER_URL_SECRET_MS = {
	min: 0,
	max: 30 * DAY_MS,
	fallback: DAY_MS,
} as const satisfies Bounds;

/** The last requests of a receiver that are shown: how many, and UTF-16 units of the path and of all headers of each that are kept. */
export const RECENT_REQUESTS = { max: 50, pathLength: 1_000, headerLength: 8_192 } as const;

/** What a receiver answers to what it has taken. */
export const ANSWER = {
	status: { min: 200, max: 299, fallback: 200 },
	/** UTF-8, of a fixed body. */
	textBytes: 16_384,
	headers: 20,
	/** UTF-16 units of a value. */
	headerLength: 2_000,
} as const;

/** Exports of a receiver (K7). */
export const MAX_EXPORTS = 20;

/** How long a batch may stay with the flow. */
export const ACK_TIMEOUT_MS = {
	min: SECOND_MS,
	max: DAY_MS,
	fallback: 600 * SECOND_MS,
} as const satisfies Bounds;

/** For one request to an endpoint (D44). */
export const HTTP_TIMEOUT_MS = {
	min: 100,
	max: 600 * SECOND_MS,
	fallback: 10 * SECOND_MS,
} as const satisfies Bounds;

/** Of one request to a dataset of Opendatasoft (O38). */
export const OPENDATASOFT_RECORDS = {
	min: 1,
	max: 10_000,
	fallback: 500,
} as const satisfies Bounds;

/** For each statement of a load into a table, and for each wait for somebody else's lock. */
export const TABLE_TIMEOUT_MS = {
	min: 100,
	max: 600 * SECOND_MS,
	fallback: 30 * SECOND_MS,
} as const satisfies Bounds;

/** Where the own listener is, where nobody says: for this machine alone. */
export const LISTENER = {
	host: '127.0.0.1',
	path: '/events',
	healthPath: '/healthz',
	readyPath: '/readyz',
	metricsPath: '/metrics',
} as const;

/** How long an idle connection to the own listener stays open: longer than a balancer in front keeps it (60 s is usual there). */
export const IDLE_TIMEOUT_MS = {
	min: SECOND_MS,
	max: HOUR_MS,
	fallback: 75 * SECOND_MS,
} as const satisfies Bounds;

/** Which pages may push to a receiver: origins and headers that may be named, and how long a browser need not ask again. */
export const CORS = {
	maxNames: 50,
	headers: ['content-type'],
	maxAgeSeconds: { min: 0, max: 86_400, fallback: 600 },
} as const;

/** Connections to the own listener at once; one takes some 20 KB. */
export const CONNECTIONS = { min: 1, max: 100_000, fallback: 2_000 } as const satisfies Bounds;

/** Networks of proxies that a receiver believes. */
export const MAX_PROXIES = 50;

/** Places of keys by which a repeated event is known, and parts of one key. */
export const MAX_DEDUPE_PLACES = 5;

/** How long a key is remembered by which an event is known again. */
export const DEDUPE_WINDOW_MS = {
	min: SECOND_MS,
	max: 30 * DAY_MS,
	fallback: DAY_MS,
} as const satisfies Bounds;

/** The same as dialogs offer it. */
export const DEDUPE_HOURS = {
	min: 1,
	max: DEDUPE_WINDOW_MS.max / HOUR_MS,
	fallback: DEDUPE_WINDOW_MS.fallback / HOUR_MS,
} as const satisfies Bounds;

/** Bounds of milliseconds as dialogs offer them: in whole seconds. */
export function inSeconds({ min, max, fallback }: Bounds): Bounds {
	return {
		min: Math.ceil(min / SECOND_MS),
		max: max / SECOND_MS,
		fallback: fallback / SECOND_MS,
	};
}

/** Ways to authenticate that a node of a host sets; core takes more. */
export const NODE_WAYS = 3;

/** Of TCP. */
export const PORT = { min: 1, max: 65_535 } as const satisfies Range;

/** Rows, dead letters or buffers that are shown at once. */
export const PAGE = { min: 1, max: 1_000, fallback: 50 } as const satisfies Bounds;

/** Columns of an export (K7), and UTF-16 units of the name of one. */
export const COLUMNS = { min: 1, max: 100 } as const satisfies Range;
export const MAX_COLUMN_NAME_LENGTH = 128;

/** Characters, not UTF-16 units, of a template (K8). */
export const TEMPLATE_LENGTH = { min: 1, max: 4_096 } as const satisfies Range;

/** How long a test of a destination may take, whatever its requests may. */
export const TRIAL_TIMEOUT_MS = 60 * SECOND_MS;

/** What is kept of what an endpoint answered: bytes of UTF-8 with a dead letter, UTF-16 units wherever else it is shown. */
export const MAX_ANSWER_BYTES = 20_000;
export const SHOWN_ANSWER_LENGTH = 500;

/** UTF-16 units of a key by which rows go in order; a longer one is known by its digest. */
export const MAX_SEQUENCE_KEY_LENGTH = 200;

/** UTF-16 units of the path of such a key. */
export const MAX_KEY_PATH_LENGTH = 256;

/** UTF-16 units of an id, and of a label. */
export const MAX_ID_LENGTH = 200;
export const MAX_LABEL_LENGTH = 200;
/** UTF-16 units of what is said of a receiver: 4,096 characters (K6). */
export const MAX_DESCRIPTION_LENGTH = 8_192;
