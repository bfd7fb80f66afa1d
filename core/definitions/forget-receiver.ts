import type { Store } from '../buffer/store';
import { SECRET_USES_COLLECTION } from '../receiver/secret-uses';
import { URL_SECRETS_COLLECTION } from '../receiver/url-secrets';
import { forgetDefinition } from './forget-definition';
import { forgetKept } from './forget-kept';
import { listDefinitions } from './list-definitions';

/** Documents whose ids are those of receivers. */
const BESIDE = [SECRET_USES_COLLECTION, URL_SECRETS_COLLECTION];

/**
 * What is kept of a receiver beside its exports, when the last of these was removed by name and nobody holds it: its definition,
 * its latest and its kept events, and what is known of its secrets. One with exports left keeps both; one that is deployed again is defined anew.
 */
export async function forgetReceiverWithoutExports(
	store: Pick<Store, 'documents' | 'forgetLatest' | 'listExports' | 'removeExport'>,
	id: string,
): Promise<void> {
	const { good } = await listDefinitions(store.documents, 'export');
	const owners = [
		...(await store.listExports()),
		...good.map(({ definition }) => definition.config),
	];
	if (owners.some(({ receiverId }) => receiverId === id)) return;
	await forgetDefinition(store.documents, { kind: 'receiver', id });
	await store.forgetLatest(id);
	await forgetKept(store, id);
	for (const collection of BESIDE) await store.documents.remove(collection, id);
}
