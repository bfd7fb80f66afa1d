import { createSink } from '../../core/sink/create-sink';
import { OK, startPushApi } from '../support/push-api';
import { sinkSuite } from './sink-suite';

sinkSuite('Opendatasoft sink', async () => {
	const api = await startPushApi();
	const named = { secretRef: 'key' };
	const config = {
		kind: 'opendatasoft',
		domain: api.domain,
		dataset: 'ds',
		pushKey: named,
	} as const;
	return {
		sink: createSink({ ...config, timeoutMs: 1_000 }, { resolveSecret: () => 'f00dcafe' }),
		taken: () => api.taken,
		behave(how) {
			api.answer =
				how === 'hang'
					? undefined
					: {
							...OK,
							status: { refuse: 400, fail: 503 }[how],
							body: '{"status":"error","error":"no"}',
						};
		},
		close: () => api.close(),
	};
});
