/**
 * Sees to it that people hear what is wrong: looks at the health of destinations when an attempt has ended or a breaker has closed,
 * and once a minute at what waits, what was put aside and the store. One timer, whatever the number of exports; an export that is well
 * costs a document read when it is attached.
 */
import type { Counters, Store, StoreStats } from '../buffer/store';
import type { AlertCondition } from '../config';
import type { AlertKind } from '../pure/alert-kinds';
import type { EndedAttempt } from '../delivery/gate';
import type { HealthView } from '../health/health-view';
import { WARN_AT_PERCENT } from '../health/health-state';
import { ALERTS } from '../pure/bounds';
import type { RequestReport } from '../sink/sink';
import { isAlertsExport, MAX_ALERT_ROWS, type Alert } from './alert';
import { buriedRows, failedRows, type AlertRows } from './alert-rows';
import { ReceiverAlerts } from './receiver-alerts';
import { storeConditions } from './store-conditions';
import { isWithin } from './alert-book';
import { logAlert, makeAlert, Teller, type TellerPorts } from './teller';

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

export interface AlertPorts extends TellerPorts {
	readonly health: (exportId: string) => HealthView | undefined;
	readonly deadLetters: Store['deadLetters'];
}

/** A condition that holds. */
export interface ActiveAlert {
	readonly condition: AlertCondition;
	/** Full id; neither of them for the store. */
	readonly exportId?: string;
	readonly receiverId?: string;
	/** Since when, milliseconds since the Unix epoch. */
	readonly at: number;
}

interface Watched {
	readonly subject: AlertSubject;
	readonly teller: Teller;
	/** Of the last attempt that failed. */
	rows: AlertRows;
}

export class Alerts {
	readonly receivers: ReceiverAlerts;
	readonly #ports: AlertPorts;
	readonly #exports = new Map<string, Watched>();
	/** What was told of the store, and holds. */
	readonly #store = new Map<AlertCondition, Alert>();

	constructor(ports: AlertPorts) {
		this.#ports = ports;
		this.receivers = new ReceiverAlerts(ports);
	}

	/** Resolves when it is known what was told of it. Never rejects. */
	async attach(exportId: string, subject: AlertSubject): Promise<void> {
		if (isAlertsExport(exportId)) return;
		const teller = new Teller(exportId, subject.label, this.#ports);
		this.#exports.set(exportId, { subject, teller, rows: {} });
		await teller.load();
	}

	async detach(exportId: string): Promise<void> {
		const watched = this.#exports.get(exportId);
		this.#exports.delete(exportId);
		await watched?.teller.done;
	}

	/** An attempt has ended. Never rejects. */
	async judged({ batch, outcome, failed }: EndedAttempt): Promise<void> {
		const watched = this.#exports.get(batch.exportId);
		if (!watched || outcome.kind === 'ack' || outcome.kind === 'release') return;
		const rows = await failedRows(batch, outcome);
		if (rows) watched.rows = { ...rows, ...errorOf(failed) };
		this.check(batch.exportId);
	}

	/** Something has happened to its destination. */
	check(exportId: string): void {
		const watched = this.#exports.get(exportId);
		const view = this.#ports.health(exportId);
		if (!watched || !view) return;
		if (isQuiet(view) && Object.keys(watched.teller.book.raised).length === 0) return;
		void watched.teller.do(() => this.#checkHealth(exportId, watched, view));
	}

	/** What waits, what was put aside, and whether the destination is still failing. */
	look(counters: Counters): void {
		const { exportId } = counters;
		const watched = this.#exports.get(exportId);
		if (!watched) return;
		this.check(exportId);
		const { book } = watched.teller;
		watched.teller.tellAgain();
		const isRaised = book.raised.queueGrowing ?? book.raised.deadLetter ?? book.raised.disabled;
		if (counters.rows + counters.buriedTotal === 0 && !isRaised) return;
		void watched.teller.do(() => this.#checkCounters(counters, watched));
	}

	/** @param stats undefined where it does not even answer */
	lookAtStore(stats: StoreStats | undefined): void {
		const holding: ReadonlyMap<AlertCondition, string> = storeConditions(stats);
		for (const condition of this.#store.keys())
			if (!holding.has(condition)) this.#store.delete(condition);
		for (const [condition, text] of holding) {
			if (this.#store.has(condition)) continue;
			// Not by way of the store.
			const alert = this.#make(condition, { text });
			this.#store.set(condition, alert);
			this.#ports.onAlert(alert);
			logAlert(this.#ports.logger, alert);
		}
	}

	/** What holds of the store, for those who come after it was told. */
	ofStore(): readonly Alert[] {
		return [...this.#store.values()];
	}

	active(): ActiveAlert[] {
		const ofStore = [...this.#store].map(([condition, { at }]) => ({ condition, at }));
		const ofExports = [...this.#exports].flatMap(([exportId, { teller }]) =>
			Object.entries(teller.book.raised).map(([condition, { at }]) => ({
				condition: condition as AlertCondition,
				exportId,
				at,
			})),
		);
		return [...ofStore, ...ofExports, ...this.receivers.active()];
	}

	async close(): Promise<void> {
		await this.receivers.close();
		await Promise.all([...this.#exports.keys()].map((id) => this.detach(id)));
	}

	async #checkHealth(exportId: string, watched: Watched, view: HealthView): Promise<void> {
		const {
			failingSince,
			lastSuccessAt = 0,
			lastFailureAt = 0,
			givesUpAt,
			givesUpBy,
			givenUp,
		} = view;
		const { teller, rows } = watched;
		const now = this.#ports.clock.now();
		const status = view.lastStatus === undefined ? {} : { lastStatus: view.lastStatus };
		const about = { exportId, ...this.#describe(watched), ...status };
		const isFailing =
			view.breaker === 'open' ||
			(failingSince !== undefined && lastFailureAt - failingSince >= FAILING_MS);
		if (isFailing) {
			const since = failingSince === undefined ? {} : { since: failingSince };
			await teller.raise('failing', this.#make('failing', { ...about, ...rows, ...since }));
		} else if (failingSince === undefined && lastSuccessAt >= lastFailureAt && lastSuccessAt > 0)
			// One that was set active again (D54) has still to show that it works.
			await teller.clear('failing', this.#make('recovered', about));
		if (failingSince !== undefined && givesUpAt !== undefined && givesUpBy) {
			const over = ((now - failingSince) * 100) / (givesUpAt - failingSince);
			const percent = WARN_AT_PERCENT.findLast((step) => over >= step);
			const fields = { ...about, ...rows, percent: percent ?? 0, endsAt: givesUpAt };
			const alert = this.#make('willBeDisabled', { ...fields, action: givesUpBy });
			if (percent !== undefined) await teller.raise('willBeDisabled', alert, { level: percent });
		} else await teller.clear('willBeDisabled');
		if (!givenUp) return teller.clear('disabled');
		const { action } = givenUp;
		await teller.raise('disabled', this.#make('disabled', { ...about, ...rows, action }));
	}

	async #checkCounters(counters: Counters, watched: Watched): Promise<void> {
		const { exportId, state, oldestAt, rows, retryingRows, deadRows } = counters;
		const { teller, subject } = watched;
		const now = this.#ports.clock.now();
		const about = { exportId, ...this.#describe(watched) };
		const lastStatus = this.#ports.health(exportId)?.lastStatus;
		const status = lastStatus === undefined ? {} : { lastStatus };
		if (deadRows === 0) await teller.clear('deadLetter');
		else await this.#checkBuried(counters, watched);
		const ageMs = oldestAt === undefined ? 0 : now - oldestAt - subject.timeMs;
		if (state === 'ACTIVE' && ageMs >= ALERTS.queueAgeMs) {
			await teller.raise(
				'queueGrowing',
				this.#make('queueGrowing', { ...about, ...status, rows, since: oldestAt ?? now }),
			);
			// A batch that comes again is no end of the queue: its rows have waited longest.
		} else if (ageMs < ALERTS.queueAgeMs / 2 && retryingRows === 0)
			await teller.clear('queueGrowing');
	}

	/** Rows have been put aside: which ones say the dead letters themselves, also those of before a restart. */
	async #checkBuried(counters: Counters, watched: Watched): Promise<void> {
		const { exportId, deadRows, deadBatches, buriedTotal } = counters;
		const { teller } = watched;
		const known = teller.book.raised.deadLetter;
		const added = Math.min(deadRows, buriedTotal - (known?.level ?? 0));
		const againAfterMs = ALERTS.deadLetterEveryMs;
		if (added <= 0 || (known && isWithin(known.at, this.#ports.clock.now(), againAfterMs))) return;
		const offset = Math.max(0, deadBatches - MAX_ALERT_ROWS);
		const letters = await this.#ports.deadLetters({ exportId, offset, limit: MAX_ALERT_ROWS });
		const fields = { exportId, ...this.#describe(watched), ...(await buriedRows(letters, added)) };
		const alert = this.#make('deadLetter', fields);
		await teller.raise('deadLetter', alert, { level: buriedTotal, againAfterMs });
	}

	#describe({ subject }: Watched): Pick<Alert, 'label' | 'destination'> {
		const { label, destination } = subject;
		return { label, ...(destination === undefined ? {} : { destination }) };
	}

	#make(kind: AlertKind, fields: Partial<Alert>): Alert {
		return makeAlert(kind, this.#ports.clock.now(), fields);
	}
}

function isQuiet({ failingSince, givenUp }: HealthView): boolean {
	return failingSince === undefined && !givenUp;
}

function errorOf({ answeredText: text, error }: Partial<RequestReport> = {}): Partial<AlertRows> {
	return {
		...(text === undefined ? {} : { text }),
		...(error ? { lastCode: error.code } : {}),
	};
}
