import type { AlertKind } from './pure/alert-kinds';
import type { CsvDelimiter } from './event/csv-body';
import type { ReadBodyAs } from './event/read-as';
import type { AnswerBody, RefusalBody } from './pure/answer-bodies';
import type { SchemaField, SchemaMode, UnknownFields } from './pure/field-types';
import type { HandshakeKind } from './pure/handshake-kinds';
import type { Column } from './mapping/column';
import type { Filter } from './mapping/filter';
import type { RetryConfig } from './pure/retry';
import type { SchemeConfig } from './signature/schemes/index';

/** Value of one place in a JSON body, as `Column.path` reads it. */
export type KeyPath = string;

/** ACTIVE · PAUSED keeps the rows · the two disabled states drop them, counted (architecture, decision 4). */
export type ExportState = 'ACTIVE' | 'PAUSED' | 'USER_DISABLED' | 'SYSTEM_DISABLED';

/** What the rows of an export are: typed JSON, text cells by the Keboola rules, or the event as it came. */
export type Output = 'record' | 'cells' | 'event';

/** A place where events carry a key; one whose key was seen before is dropped (S39). */
export type DedupeConfig = (
	| {
			/** Place of the producer's key in the JSON body. */
			readonly keyPath: KeyPath;
	  }
	| {
			/** Places of a key of several parts, 2 to 5; an event without one of them has none. */
			readonly keyPaths: readonly KeyPath[];
	  }
	| {
			/** Name of the header with the key, any case. */
			readonly header: string;
	  }
	| {
			/** The key is the SHA-256 of the body: two events are one where their bytes are. */
			readonly content: true;
	  }
) & {
	/** How long a key is remembered, milliseconds; 1 s … 30 days. */
	readonly windowMs: number;
};

/** What an entry is called by, in messages and in the keys that it makes. */
export function dedupePlace(config: DedupeConfig): string {
	if ('keyPath' in config) return config.keyPath;
	if ('keyPaths' in config) return config.keyPaths.join('+');
	return 'header' in config ? `header ${config.header}` : 'the content';
}

/** Who has made a receiver or export and alone may change it: a node of the host, or somebody over an API. */
export type Origin = 'host' | 'api';

/** Thresholds at which the open batch of an export is closed; whichever is met first. */
export interface Conditions {
	/** Rows, 1 … 10,000,000. */
	readonly count: number;
	/** Bytes of the rows' payloads, 100 … 50 MiB. */
	readonly sizeBytes: number;
	/** Milliseconds since the first row, 1,000 … 86,400,000 (30,000 at least by the Keboola profile). */
	readonly timeMs: number;
	/** Milliseconds since the last row, 1,000 at least and less than timeMs. Absent: it matters to nothing when a row came last. */
	readonly idleMs?: number;
}

/** How a request becomes events: it is one, or each element of its JSON array, each line of its NDJSON, each line of its CSV, or CloudEvents. */
export const SPLITS = ['one', 'array', 'ndjson', 'csv', 'cloudevents'] as const;

export type Split = (typeof SPLITS)[number];

export interface ReceiverConfig {
	readonly id: string;
	/** For people; of those that are made over an API. Absent: they are told whose it is, and its id. */
	readonly label?: string;
	/** For people, up to MAX_DESCRIPTION_LENGTH. */
	readonly description?: string;
	/** Its events are offered to the exports of this project as well; default `default`. */
	readonly project?: string;
	/** Ways to authenticate; one that succeeds is enough. Empty is refused; `{kind: 'none'}` must be named. */
	readonly auth: readonly SchemeConfig[];
	/** Headers by which the host let the request in before it came here, such as `authorization`: no part of the event. */
	readonly secretHeaders?: readonly string[];
	/** What its events are said to come from (O33), 1 … 200 characters; CloudEvents say it themselves. Absent: nothing. */
	readonly source?: string;
	/**
	 * Proxies in front, as networks such as `10.1.0.0/16`, up to 50: of their requests `X-Forwarded-For` says who the client is. Absent: it is
	 * the peer, and the header says nothing (K76).
	 */
	readonly trustedProxies?: readonly string[];
	/** What bodies are read as, whatever their content type says; default `type`, which goes by it. */
	readonly readBodyAs?: ReadBodyAs;
	/** What stands between the fields of CSV; default by its type, which is a comma but for `text/tab-separated-values`. */
	readonly csvDelimiter?: CsvDelimiter;
	/** As it is sent, compressed or not; default 1 MiB (K67). */
	readonly maxBodyBytes: number;
	/** What a compressed body may become; default `maxBodyBytes`. */
	readonly maxDecompressedBytes?: number;
	/**
	 * What of a body is an event: all of it (default), each element of a JSON array, each line of JSON (NDJSON), each line of CSV below
	 * the one with the names, as a JSON object of texts, each of one or more CloudEvents, whose `type` and `source` are the event's. All events
	 * of a request are taken or none; at most MAX_APPEND_EVENTS.
	 */
	readonly split?: Split;
	readonly limits?: ReceiverLimits;
	/**
	 * A request that proves the same once more, as a copy does that somebody sends again (signed content with its time, the id of a
	 * message or token): drop (default) answers it as a duplicate.
	 */
	readonly replays?: 'drop' | 'take';
	/** How long the former secret of the URL lets requests in after a change, milliseconds; 0 … 30 days, default 24 h. */
	readonly formerUrlSecretMs?: number;
	/** An event of which any key is known is a duplicate. Default: none; of CloudEvents source and id, for a day. */
	readonly dedupe?: readonly DedupeConfig[];
	/** Place of the event's type in the JSON body, for filters; of CloudEvents `type` unless another place is named. */
	readonly typePath?: KeyPath;
	/** Or the header that has it, any case. */
	readonly typeHeader?: string;
	/** Or the parameter of the URL that has it. */
	readonly typeQuery?: string;
	/** What its events have to be, as records (O2, O24 to O32). Absent: anything, and it costs nothing. */
	readonly schema?: SchemaConfig;
	/** The realtime dataset of Opendatasoft that it is for its clients. Absent: it is none, and nothing is deleted from it. */
	readonly dataset?: DatasetConfig;
	/** Default: host. */
	readonly origin?: Origin;
	/** People are told when it gets no event for so long, milliseconds; 1 minute … 30 days. Absent: they are not. */
	readonly inactiveAfterMs?: number;
	/** How the sender tries the address before it pushes there: answered and never stored. Absent: such a request is one like any other. */
	readonly handshake?: HandshakeConfig;
	/** What is answered to a push that was taken; default: 200 with ours. Refusals keep their own statuses. */
	readonly answer?: AnswerConfig;
	/** Absent: no page of another origin is let push by its browser. */
	readonly cors?: CorsConfig;
	/**
	 * To keep the latest event of each device and type, for *synchronize* (D55), and to mark those that are older than it. Absent: none is
	 * kept, and it costs nothing. It is no export: without one a receiver answers 503, since all but the latest would be lost.
	 */
	readonly latest?: LatestConfig;
}

/** By which addresses a receiver is known as a dataset, and whether it takes anything. */
export interface DatasetConfig {
	/** Of the dataset in its addresses; with the resource unique among the receivers of a pipeline. */
	readonly id: string;
	/** Default `realtime` (O3). */
	readonly resource: string;
	/** With false pushes and deletes are refused until it is true again; what is there stays (O35). Default true. */
	readonly isPushEnabled: boolean;
	/** With false the same, and what is kept cannot be recovered (O4, O44). Default true. */
	readonly isPublished: boolean;
}

export interface HandshakeConfig {
	readonly kind: HandshakeKind;
	/** Verify tokens, of kinds whose sender shows one (`showsVerifyToken`); several are valid while one is changed. */
	readonly secrets?: readonly string[];
}

/** What the body of each event is held against, before anything is found in it. All events of a request fit, or none is taken. */
export interface SchemaConfig {
	/** At most 500, of each type as in SCHEMA.maxOfKind. None: any object is a record, and all of its members are its id. */
	readonly fields: readonly SchemaField[];
	/** Default `coerce`. */
	readonly mode: SchemaMode;
	/** Default `keep`. */
	readonly unknown: UnknownFields;
	/** The member that each record gets with what it comes from (`ReceiverConfig.source`, O33), instead of one of that name. Absent: none. */
	readonly sourceField?: string;
}

/** The same for all that was taken, stored or not; with 204 and 205 there is no body. */
export interface AnswerConfig {
	/** 200 … 299, default 200. */
	readonly status?: number;
	/** Beside ours, or instead of our content type; names in any case, up to 20. */
	readonly headers?: Readonly<Record<string, string>>;
	/** ours (default): JSON with the id of the event. With empty a 401 has no body either. */
	readonly body?: AnswerBody;
	/** The body where it is text or json, up to 16 KiB. */
	readonly text?: string;
	/** What is answered to a push that is refused, with the status of the refusal; default ours. */
	readonly refusals?: RefusalBody;
}

/** Which pages of browsers may push. */
export interface CorsConfig {
	/** Every page, or those of these origins, as browsers send them: `https://app.example.com`. */
	readonly origins: '*' | readonly string[];
	/** That pages may send, beside those that they always may; default `content-type`. */
	readonly headers: readonly string[];
	/** How long a browser need not ask again; default 600. */
	readonly maxAgeSeconds: number;
}

/** Places in the JSON body. */
export interface LatestConfig {
	/** Default `event.targetName`, of CloudEvents (`split`) `subject`. An event without it is not kept. */
	readonly devicePath: KeyPath;
	/** Default `event.eventType`, of CloudEvents `type`; where it has nothing, the event's type. */
	readonly typePath: KeyPath;
	/** Of an object of texts; default `labels`, of CloudEvents `data.labels`. */
	readonly labelsPath: KeyPath;
	/** When it happened: RFC 3339, or milliseconds since the Unix epoch; default `event.timestamp`, of CloudEvents `time`. Where it has nothing, when it came. */
	readonly timePath: KeyPath;
	/** What is older than another event of its device and type is answered like any other and not stored (D34); default: it is only marked. */
	readonly dropStale?: boolean;
}

/** The shape of the Data Connector (D8, D9). */
export const LATEST_PATHS: LatestConfig = {
	devicePath: 'event.targetName',
	typePath: 'event.eventType',
	labelsPath: 'labels',
	timePath: 'event.timestamp',
};

/** How many requests are made or taken: per second, per minute, or both; of `burst` at once a default is made. */
export interface RateConfig {
	readonly perSecond?: number;
	readonly perMinute?: number;
	readonly burst?: number;
}

/** What a receiver takes in each process; more is refused before its body is read. Bounds in pure/bounds.ts. Absent: no limit. */
export interface ReceiverLimits {
	/** Of requests that prove who sends them, of all clients together; 429 above it. */
	readonly rate?: RateConfig;
	/** Of all requests of each client, by its address; 429 above it. */
	readonly clientRate?: RateConfig;
	/** Requests that are worked on at once, each once its body has come; 503 above it. */
	readonly concurrency?: number;
}

/** The shape of a CloudEvent. */
export const CLOUD_EVENT_PATHS: LatestConfig = {
	devicePath: 'subject',
	typePath: 'type',
	labelsPath: 'data.labels',
	timePath: 'time',
};

/** When requests of an export are held up, and when it is given up; bounds in pure/bounds.ts. */
export interface HealthConfig {
	/** Holds up what would only fail; false: never. Of the flow, where nothing is said: only while nobody is reached. */
	readonly breaker?:
		| false
		| {
				/** Share of failures at which it opens; default 70. */
				readonly failurePercent?: number;
				/** Default 10. */
				readonly minRequests?: number;
				/** Default 5 minutes. */
				readonly windowMs?: number;
		  };
	/** Of requests, not of batches, in each process that delivers. Absent: none. */
	readonly rate?: RateConfig;
	/** What nothing but failures leads to, and an endpoint that says that it is gone (410). Default: for every destination but the flow. */
	readonly giveUp?: {
		/** Default 5 days (D52). */
		readonly afterMs?: number;
		/** pause keeps the rows (default where a node has made the export), disable drops them (D53; default over an API). */
		readonly action?: 'nothing' | 'pause' | 'disable';
	};
}

/** What holds until it is over; the end of two of them is told. */
export type AlertCondition = Exclude<AlertKind, 'activeAgain' | 'recovered'>;

/** Of an export of alerts. */
export interface AlertsConfig {
	/** Default: all. */
	readonly kinds?: readonly AlertKind[];
	/** Alerts about other exports are left out: full ids, ids or labels, up to 100. What is about receivers or the store stays. Default: all. */
	readonly exports?: readonly string[];
	/** What an endpoint wrote is part of the alert; default: it is not, since it may hold anything. */
	readonly withText?: boolean;
}

export type { RetryConfig };

/** How much of what was accepted stays for a replay; whichever is reached first, the oldest go. Bounds: KEEP in pure/bounds.ts. */
export interface KeepConfig {
	/** Milliseconds since the event came, as long as the store is open. */
	readonly ageMs: number;
	/** Of the events as they came, heads included. */
	readonly bytes: number;
}

export interface ExportConfig {
	/** Unique in its receiver. The full id is `<receiverId>/<id>`. */
	readonly id: string;
	/** Fed by the flow: `items:<node id>`, in n8n `items:<workflow>:<node>`. Fed by all receivers of a project: `projectOwner` of it. */
	readonly receiverId: string;
	readonly label: string;
	readonly filter?: Filter;
	/** None: the whole event. */
	readonly columns?: readonly Column[];
	readonly output: Output;
	readonly conditions: Conditions;
	readonly retry: RetryConfig;
	/** strict: later batches wait behind a failing one. key: rows of a key leave one after the other, and a failing one holds its key alone. */
	readonly order: 'any' | 'strict' | 'key';
	/** Place of the key in the JSON body, with order key alone; an event that has none there waits for nobody. */
	readonly orderKeyPath?: KeyPath;
	/**
	 * While a backlog drains, new rows go ahead of it, and it keeps its order. One batch more than `maxInFlight` may be with the sink then.
	 * Only with order any, and without `id` columns.
	 */
	readonly liveFirst?: boolean;
	readonly health?: HealthConfig;
	/** Only of exports of the receiver `sluice:alerts`. */
	readonly alerts?: AlertsConfig;
	/** Batches that may be with the sink at once, 1 … 100. */
	readonly maxInFlight: number;
	/** reject: 400, nothing is stored. dead: the event is kept as a dead letter. */
	readonly onMappingError: 'reject' | 'dead';
	/**
	 * The events that it takes are kept as they came, once for all exports of its receiver, so that they can be replayed through another
	 * mapping. Absent: none is, and it costs nothing.
	 */
	readonly keep?: KeepConfig;
	/** Of a new export only; later the store's own state counts. */
	readonly state: ExportState;
	readonly origin: Origin;
}

/** The id by which everything but ExportConfig itself knows an export; unique in a store. */
/** Its rows are dropped, counted: those that wait when it is disabled, and those that come as long as it is (D53). */
export function isDisabled({ state }: { readonly state: ExportState }): boolean {
	return state === 'USER_DISABLED' || state === 'SYSTEM_DISABLED';
}

export function fullExportId(config: Pick<ExportConfig, 'receiverId' | 'id'>): string {
	return `${config.receiverId}/${config.id}`;
}

/** The project of receivers that name none. */
export const DEFAULT_PROJECT = 'default';

const OF_PROJECT = 'project:';

/** What stands for the receiver in exports of a project: `project:<project>`; no receiver may be called so. */
export function projectOwner(project: string): string {
	return `${OF_PROJECT}${project}`;
}

/** The project whose receivers feed such an export; undefined for an export of a receiver or of the flow. */
export function projectOf({ receiverId }: Pick<ExportConfig, 'receiverId'>): string | undefined {
	return receiverId.startsWith(OF_PROJECT) ? receiverId.slice(OF_PROJECT.length) : undefined;
}

const KEPT = 'kept:';

/** What stands for the receiver in the export of its kept events; no receiver may be called so. */
export function keptOwner(receiverId: string): string {
	return `${KEPT}${receiverId}`;
}

/** Whether an export holds what is kept for replays: it is nobody's buffer, and nobody delivers it. By its full id, or that of its receiver. */
export function isOfKept(id: string): boolean {
	return id.startsWith(KEPT);
}
