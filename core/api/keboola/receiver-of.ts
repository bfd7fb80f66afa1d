import type { ReceiverInput } from '../../pipeline/parse-receiver';
import { normalizeId } from '../../mapping/normalize-id';
import { newSecret } from '../../runtime/ids';
import { storeId } from './keboola-ids';
import type { NewReceiver } from './schemas';

/** How clients of this API show who they are. */
export const TOKEN_HEADER = 'x-storageapi-token';

/** Of an id or name (K10). @throws ConfigError where nothing is left */
export function receiverIdOf({ id, name }: Pick<NewReceiver, 'id' | 'name'>): string {
	return normalizeId(id ?? name);
}

/** A receiver of this API in the model, with a new secret in its URL. */
export function receiverOf(given: NewReceiver, project: string): ReceiverInput {
	const { name, description } = given;
	return {
		id: storeId(project, receiverIdOf(given)),
		project,
		label: name,
		...(description === undefined ? {} : { description }),
		auth: [{ kind: 'url-secret', secrets: [newSecret()] }],
		secretHeaders: [TOKEN_HEADER],
		// One that was changed lets nobody in any more (K113).
		formerUrlSecretMs: 0,
		origin: 'api',
	};
}
