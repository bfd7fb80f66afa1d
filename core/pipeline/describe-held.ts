import { isSecretInUrl } from '../signature/authenticate';
import { shownWay } from '../signature/shown-way';
import type { Sink } from '../sink/sink';
import type { AttachedReceiver } from './attached-receiver';
import type { HeldExport, HeldReceiver } from './held';
import type { HeldOne } from './held-exports';
import type { Observers } from './observers';
import type { Replayer } from './replays/replayer';
import { shownCounts } from './request-counts';

export function describeReceiver(
	{ config, holder: { label, pushUrl }, counts, pathMisses, urlSecrets }: AttachedReceiver,
	{ observers }: { readonly observers: Pick<Observers, 'metrics' | 'secretUses'> },
): HeldReceiver {
	const { id, auth, split = 'one' } = config;
	const metrics = observers.metrics.ofReceiver(id);
	const secretUse = observers.secretUses.view(id);
	const renewedAt = urlSecrets?.renewedAt;
	return {
		id,
		label,
		ways: auth.map(shownWay),
		split,
		...(pushUrl && !isSecretInUrl(auth) ? { pushUrl: pushUrl() } : {}),
		...shownCounts(counts),
		pathMisses,
		...(secretUse ? { secretUse } : {}),
		...(renewedAt === undefined ? {} : { urlSecretRenewedAt: renewedAt }),
		...(metrics ? { metrics } : {}),
	};
}

export function describeHeld(
	{ export_, holder }: HeldOne,
	o: {
		readonly inFlight: number;
		readonly observers: Pick<Observers, 'health' | 'metrics' | 'leftOut' | 'lastClosed'>;
		readonly replays: Pick<Replayer, 'view'>;
	},
): HeldExport {
	const health = o.observers.health.view(export_.id);
	const metrics = o.observers.metrics.ofExport(export_.id);
	const lastBatch = o.observers.lastClosed.of(export_.id);
	const replay = o.replays.view(export_.id);
	return {
		label: export_.config.label,
		holder: holder.label,
		sink: sinkState(export_.sink),
		inFlight: o.inFlight,
		leftOut: o.observers.leftOut.total(export_.id),
		...(health ? { health } : {}),
		...(metrics ? { metrics } : {}),
		...(lastBatch ? { lastBatch } : {}),
		...(export_.sink ? { requests: o.observers.metrics.requestsOf(export_.id) } : {}),
		...(export_.destination === undefined ? {} : { destination: export_.destination }),
		...(replay ? { replay } : {}),
	};
}

function sinkState(sink: Sink | undefined): HeldExport['sink'] {
	if (!sink) return 'none';
	return sink.isReady?.() === false ? 'waiting' : 'ready';
}
