/**
 * Who changed what, when, from where: an entry before each change and its outcome behind it, as documents of the store. What cannot be
 * written down is not done. After a kill between the two the entry says `begun`: the change was made, or was not.
 *
 * No secret, no body: the operation, the parameters of its path and who asked. The newest 10,000 entries are kept.
 */
import { walkDocuments, type Documents } from '../../buffer/documents';
import { describeThrown } from '../../describe-thrown';
import { CoreError } from '../../errors';
import { newUuid } from '../../runtime/ids';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/logger';
import type { Call } from '../route';
import type { AuditedCall, AuditPort } from '../call-route';
import { ACCESS_COLLECTIONS, ACCESS_FORMAT } from './documents';

export const AUDIT_BOUNDS = {
	entries: 10_000,
	/** Beyond them, before they are cut. */ slack: 100,
} as const;

export interface AuditEntry {
	readonly format: typeof ACCESS_FORMAT;
	/** Milliseconds since the Unix epoch. */
	readonly at: number;
	/** Name of the route. */
	readonly operation: string;
	readonly by: {
		readonly kind: string;
		/** Of the credential. */
		readonly id: string;
		readonly account: string;
		readonly label: string;
	};
	/** `*`: about all projects. */
	readonly project: string;
	/** What was changed: parameters of the path. */
	readonly target: Readonly<Record<string, string>>;
	/** Address of the client; `local` for the command line. */
	readonly from: string;
	readonly outcome: 'begun' | 'done' | 'failed';
	/** Of what failed. */
	readonly code?: string;
}

export interface ShownAuditEntry extends AuditEntry {
	readonly id: string;
}

interface Ports {
	readonly documents: Documents;
	readonly clock: Clock;
	readonly logger: Logger;
}

export class Audit implements AuditPort {
	readonly #ports: Ports;
	/** Entries that there are, as far as this process knows; undefined before it has counted. */
	#count: number | undefined;

	constructor(ports: Ports) {
		this.#ports = ports;
	}

	async around<Result>(
		call: AuditedCall,
		change: (note: Call<unknown>['note']) => Promise<Result>,
	): Promise<Result> {
		const { documents, clock } = this.#ports;
		const id = newUuid(clock.now());
		let entry = entryOf(call, clock.now());
		const revision = await documents.put(ACCESS_COLLECTIONS.audit, id, entry, { ifRevision: 0 });
		try {
			const result = await change((target) => {
				entry = { ...entry, target: { ...entry.target, ...target } };
			});
			await this.#end(id, { ...entry, outcome: 'done' }, revision);
			return result;
		} catch (error) {
			const code = error instanceof CoreError ? error.code : 'ERR_INTERNAL';
			await this.#end(id, { ...entry, outcome: 'failed', code }, revision);
			throw error;
		} finally {
			await this.#cut();
		}
	}

	/** Newest first. @param o project, about: entries in that project, with that id in their target, alone; limit 1 … 1,000, default 100 */
	async list({
		project,
		about,
		limit = 100,
	}: {
		readonly project?: string | undefined;
		readonly about?: string | undefined;
		readonly limit?: number | undefined;
	} = {}): Promise<ShownAuditEntry[]> {
		const newest: ShownAuditEntry[] = [];
		for await (const found of walkDocuments(this.#ports.documents, ACCESS_COLLECTIONS.audit)) {
			if ('damage' in found) continue;
			const entry = found.value as AuditEntry;
			if (entry.format !== ACCESS_FORMAT) continue;
			if (project !== undefined && entry.project !== project) continue;
			if (about !== undefined && !Object.values(entry.target).includes(about)) continue;
			newest.push({ ...entry, id: found.id });
			if (newest.length > limit) newest.shift();
		}
		return newest.reverse();
	}

	/** The change stands, whatever becomes of this. */
	async #end(id: string, entry: AuditEntry, ifRevision: number): Promise<void> {
		try {
			await this.#ports.documents.put(ACCESS_COLLECTIONS.audit, id, entry, { ifRevision });
		} catch (error) {
			this.#warn('an outcome could not be written into the audit log; its entry says begun', error);
		}
	}

	/** Ids sort by time, so the oldest come first. Other processes cut as well. */
	async #cut(): Promise<void> {
		const { documents } = this.#ports;
		try {
			this.#count = this.#count === undefined ? await this.#countAll() : this.#count + 1;
			if (this.#count <= AUDIT_BOUNDS.entries + AUDIT_BOUNDS.slack) return;
			let surplus = (await this.#countAll()) - AUDIT_BOUNDS.entries;
			for await (const { id } of walkDocuments(documents, ACCESS_COLLECTIONS.audit)) {
				if (surplus-- <= 0) break;
				await documents.remove(ACCESS_COLLECTIONS.audit, id);
			}
			this.#count = AUDIT_BOUNDS.entries;
		} catch (error) {
			this.#count = undefined;
			this.#warn('old entries of the audit log could not be removed', error);
		}
	}

	async #countAll(): Promise<number> {
		let count = 0;
		for await (const _ of walkDocuments(this.#ports.documents, ACCESS_COLLECTIONS.audit)) count++;
		return count;
	}

	#warn(what: string, error: unknown): void {
		const why = error instanceof CoreError ? error.message : describeThrown(error);
		this.#ports.logger.warn(`${what}: ${why}`);
	}
}

function entryOf({ operation, principal, project, path, ip }: AuditedCall, at: number): AuditEntry {
	const { kind = 'local', id = '', account = '', label = '' } = principal ?? {};
	return {
		format: ACCESS_FORMAT,
		at,
		operation,
		by: { kind, id, account, label },
		project,
		target: { ...path },
		from: ip,
		outcome: 'begun',
	};
}
