import type { AlertCondition } from '../config';
import type { AlertKind } from '../pure/alert-kinds';
import { describeThrown } from '../describe-thrown';
import type { Clock } from '../runtime/clock';
import { newUuid } from '../runtime/ids';
import type { Logger } from '../runtime/logger';
import type { Documents } from '../buffer/documents';
import { describeAlert, type Alert } from './alert';
import { AlertBook } from './alert-book';

export interface TellerPorts {
	readonly documents: () => Documents;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Hands it to the exports of alerts. @returns how many have taken it @throws as the store */
	readonly deliver: (alert: Alert) => Promise<number>;
	/** Hears of all, also of those of a store that takes nothing. */
	readonly onAlert: (alert: Alert) => void;
}

/** Raises and clears the conditions of one export or receiver, one after the other. */
export class Teller {
	readonly book: AlertBook;
	readonly #ports: TellerPorts;
	readonly #label: string;
	#doing: Promise<void> = Promise.resolve();

	constructor(subject: string, label: string, ports: TellerPorts) {
		this.book = new AlertBook(ports.documents, subject);
		this.#ports = ports;
		this.#label = label;
	}

	/** Resolves when all that was asked for is done. */
	get done(): Promise<void> {
		return this.#doing;
	}

	/** What fails is in the log, and is tried again when it is looked at the next time. Never rejects. */
	do(what: () => Promise<void>): Promise<void> {
		this.#doing = this.#doing.then(what).catch((error: unknown) => {
			this.#ports.logger.warn(`alerts of "${this.#label}" wait: ${describeThrown(error)}`);
		});
		return this.#doing;
	}

	/** What was raised before, here or by another process, and what of it was not told. */
	load(): Promise<void> {
		return this.do(async () => {
			await this.book.load();
			await this.#tellUntold();
		});
	}

	/** What could not be told is told now. */
	tellAgain(): void {
		if (this.book.untold.length > 0) void this.do(() => this.#tellUntold());
	}

	async raise(
		condition: AlertCondition,
		alert: Alert,
		o: { readonly level?: number; readonly againAfterMs?: number } = {},
	): Promise<void> {
		const known = this.book.raised[condition];
		if (known && known.level >= (o.level ?? 1)) return;
		if (await this.book.raise(condition, alert, o)) await this.#tell(alert);
	}

	/** @param alert what is told of it; none for conditions whose end is not told */
	async clear(condition: AlertCondition, alert?: Alert): Promise<void> {
		if (!this.book.raised[condition]) return;
		if ((await this.book.clear(condition, alert)) && alert) await this.#tell(alert);
	}

	async #tellUntold(): Promise<void> {
		for (const alert of this.book.untold) await this.#tell(alert);
	}

	/** Without anybody who takes it, it is in the log. */
	async #tell(alert: Alert): Promise<void> {
		this.#ports.onAlert(alert);
		if ((await this.#ports.deliver(alert)) === 0) logAlert(this.#ports.logger, alert);
		await this.book.told(alert);
	}
}

export function makeAlert(kind: AlertKind, at: number, fields: Partial<Alert>): Alert {
	const alert = { ...fields, kind, at };
	return { ...alert, id: newUuid(at), message: describeAlert(alert) };
}

export function logAlert(logger: Logger, { message, kind, exportId, receiverId }: Alert): void {
	const isGood = kind === 'recovered' || kind === 'activeAgain';
	logger[isGood ? 'info' : 'warn'](message, {
		alert: kind,
		...(exportId === undefined ? {} : { exportId }),
		...(receiverId === undefined ? {} : { receiverId }),
	});
}
