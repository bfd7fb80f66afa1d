import type { BlockList } from 'node:net';
import type { ReceiverConfig, SchemaConfig } from '../../config';
import { blockList } from '../../event/networks';
import { isSecretInUrl, secretPartsOf } from '../../signature/authenticate';
import { isSecret } from '../../signature/validate-secret';
import { compileSchema, type CompiledSchema } from '../schema/compile-schema';
import { spellingsOf, type RequestSecrets } from '../without-secrets';

/** A receiver with what is the same for all of its requests, worked out once. */
export interface PreparedReceiver {
	readonly config: ReceiverConfig;
	/** The last segment of the path is the sender's secret. */
	readonly secretInUrl: boolean;
	/** Where in a request the secrets travel, and what the host itself has put there. */
	readonly secrets: RequestSecrets;
	/** Whose word counts for where a request comes from. */
	readonly proxies?: BlockList;
	/** What its events have to be. */
	readonly schema?: CompiledSchema;
	/** What of it counts for what is deleted by its values: the unique fields, where it has some (O21). */
	readonly schemaOfDeletions?: CompiledSchema;
	/** The texts of all of them, wherever they are to be: a sender may have put one in a wrong place. */
	readonly allSecrets: readonly string[];
}

export function prepareReceiver(config: ReceiverConfig): PreparedReceiver {
	const { headers, query, texts } = secretPartsOf(config.auth);
	return {
		config,
		secretInUrl: isSecretInUrl(config.auth),
		secrets: {
			query,
			headers: [...(config.secretHeaders ?? []), ...headers],
			texts: spellingsOf(texts),
		},
		allSecrets: [
			...config.auth.flatMap((way) => ('secrets' in way ? way.secrets : [])),
			...(config.handshake?.secrets ?? []),
		].filter(isSecret),
		...(config.schema ? { schema: compileSchema(config.schema) } : {}),
		...(config.schema && config.dataset
			? { schemaOfDeletions: compileSchema(deletionsOf(config.schema)) }
			: {}),
		...(config.trustedProxies?.length ? { proxies: blockList(config.trustedProxies) } : {}),
	};
}

/** Without unique fields all members are the id of a record, and have to be what they were when it was pushed. */
function deletionsOf(schema: SchemaConfig): SchemaConfig {
	const unique = schema.fields.filter((field) => field.unique === true);
	return unique.length === 0 ? schema : { ...schema, fields: unique, unknown: 'keep' };
}
