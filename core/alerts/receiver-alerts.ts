import { WriteBehind } from '../buffer/write-behind';
import { makeAlert, Teller, type TellerPorts } from './teller';

/** When receivers got their last event; only of those that are to be told of. */
export const SEEN_COLLECTION = 'seen';

interface Watched {
	readonly label: string;
	readonly afterMs: number;
	readonly teller: Teller;
	readonly kept: WriteBehind;
	/** When the last event came, also before a restart; where none ever did, when it was first watched. Milliseconds since the Unix epoch. */
	at: number;
	/** Until what was kept is known, or an event has come, nothing is told. */
	isKnown: boolean;
}

/** Tells of receivers that get no event for longer than they should (`inactiveAfterMs`), and of those that get events again. */
export class ReceiverAlerts {
	readonly #ports: TellerPorts;
	readonly #receivers = new Map<string, Watched>();

	constructor(ports: TellerPorts) {
		this.#ports = ports;
	}

	/** In the place of one that was attached before. */
	attach(receiverId: string, label: string, afterMs: number | undefined): void {
		const former = this.#receivers.get(receiverId);
		if (afterMs === undefined) return void this.detach(receiverId);
		const { documents, clock, logger } = this.#ports;
		const teller = former?.teller ?? new Teller(receiverId, label, this.#ports);
		const watched: Watched = {
			label,
			afterMs,
			teller,
			at: former?.at ?? clock.now(),
			isKnown: former?.isKnown ?? false,
			kept:
				former?.kept ??
				new WriteBehind({
					documents: documents(),
					clock,
					collection: SEEN_COLLECTION,
					id: receiverId,
					read: () => this.#receivers.get(receiverId)?.at ?? 0,
					merge: (mine, theirs) => Math.max(Number(mine), Number(theirs) || 0),
					onError: () => logger.debug(`the store does not keep when "${label}" got its last event`),
				}),
		};
		this.#receivers.set(receiverId, watched);
		if (former) return;
		void teller.load();
		void this.#load(receiverId, watched.kept);
	}

	/** What came while nobody was here is not known; what came before counts. */
	async #load(receiverId: string, kept: WriteBehind): Promise<void> {
		const now = this.#ports.clock.now();
		let at = 0;
		try {
			at = Number(await kept.load()) || 0;
		} catch {
			// It counts from now on, as for one that is new.
		}
		// It may have been attached anew meanwhile.
		const watched = this.#receivers.get(receiverId);
		if (!watched || watched.isKnown) return;
		watched.isKnown = true;
		// A time that lies ahead was written by a clock that was wrong.
		if (at > 0 && at <= now) watched.at = at;
		else kept.touch();
	}

	async detach(receiverId: string): Promise<void> {
		const watched = this.#receivers.get(receiverId);
		if (!watched) return;
		// Written while it is still known.
		await watched.kept.close();
		this.#receivers.delete(receiverId);
		await watched.teller.done;
	}

	/** It got an event. */
	got(receiverId: string): void {
		const watched = this.#receivers.get(receiverId);
		if (!watched) return;
		watched.at = this.#ports.clock.now();
		watched.isKnown = true;
		watched.kept.touch();
		if (watched.teller.book.raised.inactive) this.#clear(receiverId, watched);
	}

	/** To be called now and then. */
	look(): void {
		for (const [receiverId, watched] of this.#receivers) {
			watched.teller.tellAgain();
			const { at, afterMs, teller, isKnown } = watched;
			if (!isKnown || this.#ports.clock.now() - at < afterMs) continue;
			if (!teller.book.raised.inactive) void teller.do(() => this.#raise(receiverId, watched));
		}
	}

	active(): { condition: 'inactive'; receiverId: string; at: number }[] {
		return [...this.#receivers].flatMap(([receiverId, { teller }]) => {
			const { inactive } = teller.book.raised;
			return inactive ? [{ condition: 'inactive' as const, receiverId, at: inactive.at }] : [];
		});
	}

	async close(): Promise<void> {
		await Promise.all([...this.#receivers.keys()].map((id) => this.detach(id)));
	}

	/** Another process may have got something. */
	async #raise(receiverId: string, watched: Watched): Promise<void> {
		const { clock, documents } = this.#ports;
		const theirs = await documents().get(SEEN_COLLECTION, receiverId);
		watched.at = Math.max(watched.at, Number(theirs?.value) || 0);
		const now = clock.now();
		if (now - watched.at < watched.afterMs) return;
		const fields = { receiverId, label: watched.label, since: watched.at };
		await watched.teller.raise('inactive', makeAlert('inactive', now, fields));
	}

	#clear(receiverId: string, { label, teller }: Watched): void {
		const fields = { receiverId, label };
		const alert = makeAlert('activeAgain', this.#ports.clock.now(), fields);
		void teller.do(() => teller.clear('inactive', alert));
	}
}
