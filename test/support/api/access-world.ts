/** Accounts over a real store in memory, by a clock of the test's. */
import { randomBytes } from 'node:crypto';
import { Access } from '../../../core/api/access/access';
import { Audit } from '../../../core/api/access/audit';
import {
	addAccount,
	addCredential,
	type AccessPorts,
	type NewCredential,
} from '../../../core/api/access/change-access';
import type { ShownCredential } from '../../../core/api/access/credential-ways';
import type { Account } from '../../../core/api/access/documents';
import { openStore } from '../../../core/buffer/open-store';
import type { Store } from '../../../core/buffer/store';
import { silentLogger, type Logger } from '../../../core/runtime/logger';
import { openSecrets } from '../../../core/secrets/open-secrets';
import { FakeClock } from '../fake-clock';

export interface AccessWorld {
	readonly store: Store;
	readonly clock: FakeClock;
	readonly ports: AccessPorts;
	readonly access: Access;
	readonly audit: Audit;
	/** With the role administer in p1. */
	readonly account: Account;
	add(credential?: Partial<NewCredential>): ReturnType<typeof addCredential>;
	/** `kind project:role …`, or the reason of a refusal. */
	admit(shown: ShownCredential): Promise<string>;
	close(): Promise<void>;
}

export async function openAccessWorld(logger: Logger = silentLogger): Promise<AccessWorld> {
	const clock = new FakeClock();
	const store = await openStore({ kind: 'memory', name: randomBytes(8).toString('hex') });
	const { documents } = store;
	const ports = { documents, clock, secrets: openSecrets({ store, logger }) };
	const access = new Access(ports);
	const account = await addAccount(ports, {
		label: 'a service',
		grants: [{ project: 'p1', role: 'administer' }],
		allowsBasic: true,
	});
	return {
		store,
		clock,
		ports,
		access,
		audit: new Audit({ documents, clock, logger }),
		account,
		add: (given) => addCredential(ports, account.id, { kind: 'token', label: 'one', ...given }),
		async admit(shown) {
			try {
				const { kind, grants } = await access.admit(shown, clock.now());
				return [kind, ...grants.map(({ project, role }) => `${project}:${role}`)].join(' ');
			} catch (error) {
				const { code, details } = error as { code: string; details: { reason?: string } };
				return details.reason ?? code;
			}
		},
		close: () => store.close(),
	};
}

export const asToken = (secret: string): ShownCredential => ({ way: 'header', secret });
