/**
 * Tokens of exports (K19, K51, K52): each may write the table of its export and nothing else. They are credentials of the API, and no
 * roles of a database: deliveries do not need them. The first refresh makes them, and they end with their export.
 */
import {
	addCredential,
	revokeCredential,
	rotateCredential,
	type AccessPorts,
} from '../access/change-access';
import { listCredentials } from '../access/read-access';
import type { ProjectReceiver } from './project-receivers';

/** K52. */
function descriptionOf(exportId: string, receiverId: string): string {
	return `[_internal] Buffer Export ${exportId} for Receiver ${receiverId}`;
}

/**
 * Gives each token of a receiver's exports another secret, at once; where there is none, one is made.
 *
 * @param account of who asks: what it may not do its tokens may not either
 * @throws CoreError ERR_ACCESS_UNKNOWN, ERR_DOCUMENT_CONFLICT; ConfigError where an account has too many credentials
 */
export async function refreshTokens(
	access: AccessPorts,
	{ id, exports }: ProjectReceiver,
	{ account, project }: { readonly account: string; readonly project: string },
): Promise<void> {
	for (const { definition } of exports) {
		const { config, sink } = definition;
		const limits = {
			exports: [definition.id],
			tables: sink?.kind === 'table' ? [sink.table] : [],
		};
		const known = (await tokensOf(access, definition.id)).find(
			// Of another table it is no token of this export any more.
			({ limits: { tables } }) => tables?.join() === limits.tables.join(),
		);
		if (known) await rotateCredential(access, known.id, 0);
		else {
			await revokeTokens(access, [definition.id]);
			await addCredential(access, account, {
				kind: 'token',
				label: descriptionOf(config.id, id),
				grants: [{ project, role: 'push' }],
				limits,
			});
		}
	}
}

/** @param exportIds full ids */
export async function revokeTokens(
	access: AccessPorts,
	exportIds: readonly string[],
): Promise<void> {
	for (const exportId of exportIds) {
		for (const { id } of await tokensOf(access, exportId)) await revokeCredential(access, id);
	}
}

async function tokensOf({ documents }: AccessPorts, exportId: string) {
	const { good } = await listCredentials(documents);
	return good
		.map(({ value }) => value)
		.filter(
			({ label, limits: { exports } }) =>
				label.startsWith('[_internal] Buffer Export ') && exports?.join() === exportId,
		);
}
