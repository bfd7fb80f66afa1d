/** The core calls of the Automation API: a dataset is a receiver, its backup what is kept of it for replays. */
import { randomBytes } from 'node:crypto';
import { DEFAULT_PROJECT } from '../../config';
import type { Read } from '../../definitions/read-definition';
import { ConfigError, ReceiveError } from '../../errors';
import { purge } from '../../operate/verbs/purge';
import { replayKept } from '../../operate/verbs/replay-kept';
import type { ReceiverInput } from '../../pipeline/parse-receiver';
import type { ApiCore } from '../api-core';
import { isDataset, showResource, withPushKey, type DatasetDefinition } from './resource';

/** Which dataset, and whether its push key is shown. */
export interface ResourceOf {
	readonly project: string;
	readonly dataset: string;
	readonly resource: string;
	readonly showsKey: boolean;
}

type Where = Omit<ResourceOf, 'showsKey'>;

/** Bytes of a push key: 56 hex characters (O5). */
const KEY_BYTES = 28;

/** @throws ReceiveError ERR_RECEIVER_UNKNOWN */
export async function showDataset(core: ApiCore, of: ResourceOf) {
	const { definition } = await requireDataset(core, of);
	// A node's is nowhere in its definition.
	const found = of.showsKey ? await core.stored.reveal('receiver', definition.id) : undefined;
	return showResource(found && isDataset(found.definition) ? found.definition : definition);
}

/** @throws ReceiveError ERR_RECEIVER_UNKNOWN; as StoredDefinitions.putReceiver */
export async function enablePush(core: ApiCore, where: Where, isPushEnabled: boolean) {
	const { definition, revision } = await requireDataset(core, where);
	const { config } = definition;
	const changed = { ...config, dataset: { ...config.dataset, isPushEnabled } };
	await core.stored.putReceiver(inputOf(changed), { ifRevision: revision });
}

/** The former key is refused at once. @throws as enablePush; ConfigError for a dataset that lets clients in some other way */
export async function renewPushKey(core: ApiCore, where: Where) {
	const { definition, revision } = await requireDataset(core, where);
	const { config } = definition;
	const auth = withPushKey(config.auth, randomBytes(KEY_BYTES).toString('hex'));
	if (!auth)
		throw new ConfigError('auth', 'a way of the kind query-key with the parameter pushkey');
	await core.stored.putReceiver(inputOf({ ...config, auth }), { ifRevision: revision });
}

/**
 * Gives what is kept to every buffer of the dataset that keeps it, once more. All are asked, also where one refuses.
 *
 * @throws ReceiveError ERR_RECEIVER_UNKNOWN; ConfigError where the dataset is not published or nothing is kept, and as replayKept
 */
export async function recoverRecords(core: ApiCore, where: Where) {
	const ids = await exportsThatKeep(core, where);
	if (ids.length === 0)
		throw new ConfigError('keep', 'a buffer of the dataset that keeps what it delivered');
	const { clock } = core.access;
	const recovered = ids.map((id) => replayKept(core.pipeline, id, { confirm: 'all', clock }));
	const failed = (await Promise.allSettled(recovered)).find(({ status }) => status === 'rejected');
	if (failed?.status === 'rejected') throw failed.reason;
}

/** Removes what is kept of it, for all of its buffers. @throws as recoverRecords, but for what is not there */
export async function deleteBackup(core: ApiCore, where: Where) {
	const [id] = (await exportsOf(core, where)).map(({ definition }) => definition.id);
	if (id !== undefined) await purge(core.pipeline, id, { what: 'kept', confirm: 'all' });
}

/** Full ids. */
async function exportsThatKeep(core: ApiCore, where: Where): Promise<string[]> {
	const its = await exportsOf(core, where);
	return its
		.filter(({ definition }) => definition.config.keep !== undefined)
		.map(({ definition: { id } }) => id);
}

/** Of which none may keep anything any more, and something is kept all the same. */
async function exportsOf(core: ApiCore, where: Where): Promise<Read<'export'>[]> {
	const { definition } = await requireDataset(core, where);
	if (!definition.config.dataset.isPublished)
		throw new ConfigError('dataset.isPublished', 'true: this dataset is not published');
	const { good } = await core.stored.list('export');
	return good.filter(
		({ definition: { config, removing } }) =>
			config.receiverId === definition.id && removing === undefined,
	);
}

/** The one that takes pushes here where several have the name: definitions outlive their nodes. */
async function requireDataset(
	{ stored, pipeline }: ApiCore,
	{ project, dataset, resource }: Where,
): Promise<Read<'receiver'> & { readonly definition: DatasetDefinition }> {
	const { good } = await stored.list('receiver');
	const named = good.flatMap(({ definition, revision }) => {
		if (!isDataset(definition)) return [];
		const { config } = definition;
		const isIt = config.dataset.id === dataset && config.dataset.resource === resource;
		return isIt && (config.project ?? DEFAULT_PROJECT) === project
			? [{ definition, revision }]
			: [];
	});
	const attached = pipeline.findDataset(dataset, resource);
	const found = named.find(({ definition }) => definition.id === attached) ?? named[0];
	if (found) return found;
	throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'there is no such dataset or resource');
}

/** With references in the places of its secrets, which leave them as they are. */
function inputOf(config: object): ReceiverInput {
	return config as ReceiverInput;
}
