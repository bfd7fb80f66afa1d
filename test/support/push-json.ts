import { createTarget, type SinkConfig } from '../../core/sink/create-sink';

/** One body to an endpoint, as "forward now" of the hosts sends it. */
export async function pushJson(
	config: Omit<SinkConfig<'http'>, 'kind'>,
	body: string | Uint8Array = '{}',
) {
	const target = createTarget({ kind: 'http', ...config });
	try {
		return await target.push(Buffer.from(body));
	} finally {
		target.close();
	}
}
