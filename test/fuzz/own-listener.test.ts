/** Whatever is sent to the own listener: what is answered with 2xx is stored, and nothing else; see requests/oracle.ts. */
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import { createListener, type Listener } from '../../core/receiver/listener/listener';
import { LISTENER_TIMES } from '../../core/receiver/listener/listener-times';
import { anExportInput, HOLDER } from '../support/pipeline-fixtures';
import { RECEIVERS } from './requests/places';
import { fuzzRounds } from './requests/rounds';

/** `npm run fuzz` multiplies the runs. */
const RUNS = 120 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);

describe('fuzz: requests to the own listener', function () {
	this.timeout(1_800_000);
	let store: Store;
	let pipeline: Pipeline;
	let listener: Listener;

	before(async () => {
		store = await openStore({ kind: 'memory' });
		pipeline = await openPipeline({ store });
		listener = await createListener(
			{ port: 0 },
			{ ...LISTENER_TIMES, headersMs: 2_000, requestMs: 3_000, checkMs: 100 },
		);
		for (const { receiver } of RECEIVERS) {
			const config = anExportInput({ receiverId: receiver.id, output: 'event' });
			await pipeline.attachReceiver(receiver, [{ config }], HOLDER).ready;
			listener.mount({
				holder: HOLDER,
				path: `/in/${receiver.id}`,
				secretInUrl: receiver.auth.some(({ kind }) => kind === 'url-secret'),
				handler: (request) => pipeline.accept(receiver.id, request),
			});
		}
	});
	after(async () => {
		await listener.close();
		await pipeline.close();
		await store.close();
	});

	it('stores what it answers with 2xx and nothing else, tells nothing, hangs never, and goes on', () =>
		fuzzRounds({
			port: listener.port,
			places: RECEIVERS,
			open: '/in/open',
			store,
			runs: RUNS,
		}));
});
