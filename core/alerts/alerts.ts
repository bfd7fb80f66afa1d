/**
 * Sees to it that people hear what is wrong: looks at the health of destinations when an attempt has ended or a breaker has closed,
 * and once a minute at what waits, what was put aside and the store. One timer, whatever the number of exports; an export that is well
 * costs a document read when it is attached.
 */
import type { Counters, StoreStats } from '../buffer/store';
import type { AlertCondition, AlertKind } from '../config';
import type { EndedAttempt } from '../delivery/gate';
import { describeThrown } from '../describe-thrown';
import type { HealthView } from '../health/health-view';
import { WARN_AT_PERCENT } from '../health/health-state';
import { ALERTS } from '../pure/bounds';
import type { Clock } from '../runtime/clock';
import { newUuid } from '../runtime/ids';
import type { Logger } from '../runtime/logger';
import type { Documents } from '../buffer/documents';
import { describeAlert, isAlertsExport, type Alert } from './alert';
import { AlertBook } from './alert-book';
import { rowsOf, type AlertRows } from './alert-rows';
import { storeConditions } from './store-conditions';

const MINUTE_MS = 60_000;
/** Requests that fail for so long are failing, also where they are too few for the breaker. */
const FAILING_MS = 5 * MINUTE_MS;

/** What an alert says of its export. */
export interface AlertSubject {
	readonly label: string;
	readonly destination: string | undefined;
	/** Its time condition, milliseconds. */
	readonly timeMs: number;
}

export interface AlertPorts {
	readonly documents: () => Documents;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly health: (exportId: string) => HealthView | undefined;
	/** Hands it to the exports of alerts. @returns how many have taken it @throws as the store */
	readonly deliver: (alert: Alert) => Promise<number>;
	/** Hears of all, also of those of a store that takes nothing. */
	readonly onAlert: (alert: Alert) => void;
}

/** A condition that holds. */
export interface ActiveAlert {
	readonly condition: AlertCondition;
	/** Full id; absent for the store. */
	readonly exportId?: string;
	/** Since when, milliseconds since the Unix epoch. */
	readonly at: number;
}

interface Watched {
	readonly subject: AlertSubject;
	readonly book: AlertBook;
	rows: AlertRows;
	/** What it does, one after the other. */
	doing: Promise<void>;
}

export class Alerts {
	readonly #ports: AlertPorts;
	readonly #exports = new Map<string, Watched>();
	readonly #store = new Map<AlertCondition, number>();

	constructor(ports: AlertPorts) {
		this.#ports = ports;
	}

	/** Resolves when it is known what was told of it. Never rejects. */
	async attach(exportId: string, subject: AlertSubject): Promise<void> {
		if (isAlertsExport(exportId)) return;
		const book = new AlertBook(this.#ports.documents, exportId);
		const watched: Watched = { subject, book, rows: {}, doing: Promise.resolve() };
		this.#exports.set(exportId, watched);
		await this.#do(exportId, watched, async () => {
			for (const alert of await book.load()) await this.#tell(book, alert);
		});
	}

	async detach(exportId: string): Promise<void> {
		const watched = this.#exports.get(exportId);
		this.#exports.delete(exportId);
		await watched?.doing;
	}

	/** An attempt has ended. Never rejects. */
	async judged({ batch, outcome, failed }: EndedAttempt): Promise<void> {
		const watched = this.#exports.get(batch.exportId);
		if (!watched || outcome.kind === 'ack' || outcome.kind === 'release') return;
		watched.rows = { ...(await rowsOf(batch)), ...textOf(failed?.answeredText) };
		this.check(batch.exportId);
	}

	/** Something has happened to its destination. */
	check(exportId: string): void {
		const watched = this.#exports.get(exportId);
		const view = this.#ports.health(exportId);
		if (!watched || !view) return;
		if (isQuiet(view) && Object.keys(watched.book.raised).length === 0) return;
		void this.#do(exportId, watched, () => this.#checkHealth(exportId, watched, view));
	}

	/** What waits, what was put aside, and whether the destination is still failing. */
	look(counters: Counters): void {
		const { exportId } = counters;
		const watched = this.#exports.get(exportId);
		if (!watched) return;
		this.check(exportId);
		const { book } = watched;
		const isRaised = book.raised.queueGrowing ?? book.raised.deadLetter ?? book.raised.disabled;
		if (counters.rows + counters.buriedTotal === 0 && !isRaised) return;
		void this.#do(exportId, watched, () => this.#checkCounters(counters, watched));
	}

	/** @param stats undefined where it does not even answer */
	lookAtStore(stats: StoreStats | undefined): void {
		const holding: ReadonlyMap<AlertCondition, string> = storeConditions(stats);
		for (const condition of this.#store.keys())
			if (!holding.has(condition)) this.#store.delete(condition);
		const at = this.#ports.clock.now();
		for (const [condition, text] of holding) {
			if (this.#store.has(condition)) continue;
			this.#store.set(condition, at);
			// Not by way of the store.
			const alert = this.#make(condition, { text });
			this.#ports.onAlert(alert);
			this.#log(alert);
		}
	}

	active(): ActiveAlert[] {
		const ofStore = [...this.#store].map(([condition, at]) => ({ condition, at }));
		const ofExports = [...this.#exports].flatMap(([exportId, { book }]) =>
			Object.entries(book.raised).map(([condition, { at }]) => ({
				condition: condition as AlertCondition,
				exportId,
				at,
			})),
		);
		return [...ofStore, ...ofExports];
	}

	async close(): Promise<void> {
		await Promise.all([...this.#exports.keys()].map((id) => this.detach(id)));
	}

	async #checkHealth(exportId: string, watched: Watched, view: HealthView): Promise<void> {
		const { failingSince, lastFailureAt = 0, givesUpAt, givesUpBy, givenUp } = view;
		const { book, rows } = watched;
		const now = this.#ports.clock.now();
		const status = view.lastStatus === undefined ? {} : { lastStatus: view.lastStatus };
		const about = { exportId, ...this.#describe(watched), ...status };
		const isFailing =
			view.breaker === 'open' ||
			(failingSince !== undefined && lastFailureAt - failingSince >= FAILING_MS);
		if (isFailing) {
			const since = failingSince === undefined ? {} : { since: failingSince };
			await this.#raise(book, 'failing', this.#make('failing', { ...about, ...rows, ...since }));
		} else if (failingSince === undefined)
			await this.#clear(book, 'failing', this.#make('recovered', about));
		if (failingSince !== undefined && givesUpAt !== undefined && givesUpBy) {
			const over = ((now - failingSince) * 100) / (givesUpAt - failingSince);
			const percent = WARN_AT_PERCENT.findLast((step) => over >= step);
			const fields = { ...about, ...rows, percent: percent ?? 0, endsAt: givesUpAt };
			const alert = this.#make('willBeDisabled', { ...fields, action: givesUpBy });
			if (percent !== undefined)
				await this.#raise(book, 'willBeDisabled', alert, { level: percent });
		} else await this.#clear(book, 'willBeDisabled');
		if (!givenUp) return this.#clear(book, 'disabled');
		const { action } = givenUp;
		await this.#raise(book, 'disabled', this.#make('disabled', { ...about, ...rows, action }));
	}

	async #checkCounters(counters: Counters, watched: Watched): Promise<void> {
		const { exportId, state, oldestAt, rows, deadRows, buriedTotal } = counters;
		const { book, subject } = watched;
		const now = this.#ports.clock.now();
		const about = { exportId, ...this.#describe(watched) };
		const lastStatus = this.#ports.health(exportId)?.lastStatus;
		const status = lastStatus === undefined ? {} : { lastStatus };
		const told = book.raised.deadLetter?.level ?? 0;
		if (deadRows === 0) await this.#clear(book, 'deadLetter');
		else if (buriedTotal > told) {
			const added = Math.min(deadRows, buriedTotal - told);
			const fields = { ...about, ...status, ...watched.rows, rows: added };
			await this.#raise(book, 'deadLetter', this.#make('deadLetter', fields), {
				level: buriedTotal,
				againAfterMs: ALERTS.deadLetterEveryMs,
			});
		}
		const ageMs = oldestAt === undefined ? 0 : now - oldestAt - subject.timeMs;
		if (state === 'ACTIVE' && ageMs >= ALERTS.queueAgeMs) {
			await this.#raise(
				book,
				'queueGrowing',
				this.#make('queueGrowing', { ...about, ...status, rows, since: oldestAt ?? now }),
			);
		} else if (ageMs < ALERTS.queueAgeMs / 2) await this.#clear(book, 'queueGrowing');
	}

	#describe({ subject }: Watched): Pick<Alert, 'label' | 'destination'> {
		const { label, destination } = subject;
		return { label, ...(destination === undefined ? {} : { destination }) };
	}

	#make(kind: AlertKind, fields: Partial<Alert>): Alert {
		const at = this.#ports.clock.now();
		const alert = { ...fields, kind, at };
		return { ...alert, id: newUuid(at), message: describeAlert(alert) };
	}

	async #raise(
		book: AlertBook,
		condition: AlertCondition,
		alert: Alert,
		o: { readonly level?: number; readonly againAfterMs?: number } = {},
	): Promise<void> {
		const known = book.raised[condition];
		if (known && known.level >= (o.level ?? 1)) return;
		if (await book.raise(condition, alert, o)) await this.#tell(book, alert);
	}

	async #clear(book: AlertBook, condition: AlertCondition, alert?: Alert): Promise<void> {
		if (!book.raised[condition]) return;
		if ((await book.clear(condition, alert)) && alert) await this.#tell(book, alert);
	}

	/** Without anybody who takes it, it is in the log. */
	async #tell(book: AlertBook, alert: Alert): Promise<void> {
		this.#ports.onAlert(alert);
		const takers = await this.#ports.deliver(alert);
		if (takers === 0) this.#log(alert);
		await book.told(alert);
	}

	#log({ message, kind, exportId }: Alert): void {
		const isGood = kind === 'recovered' || kind === 'activeAgain';
		const fields = { alert: kind, ...(exportId === undefined ? {} : { exportId }) };
		this.#ports.logger[isGood ? 'info' : 'warn'](message, fields);
	}

	/** One after the other. What fails is told by the log, and tried again at the next look. */
	#do(exportId: string, watched: Watched, what: () => Promise<void>): Promise<void> {
		watched.doing = watched.doing.then(what).catch((error: unknown) => {
			const message = `alerts of "${watched.subject.label}" wait: ${describeThrown(error)}`;
			this.#ports.logger.warn(message, { exportId });
		});
		return watched.doing;
	}
}

function isQuiet({ failingSince, givenUp }: HealthView): boolean {
	return failingSince === undefined && !givenUp;
}

function textOf(text: string | undefined): { text?: string } {
	return text === undefined ? {} : { text };
}
