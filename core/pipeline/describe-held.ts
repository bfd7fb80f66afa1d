import type { HealthGate } from '../health/health-gate';
import type { Sink } from '../sink/sink';
import type { AttachedReceiver } from './attached-receiver';
import type { HeldExport, HeldReceiver } from './held';
import type { HeldOne } from './held-exports';

export function describeReceiver({
	config: { id },
	holder: { label },
	accepted,
	refused,
	pathMisses,
}: AttachedReceiver): HeldReceiver {
	return { id, label, accepted, refused, pathMisses };
}

export function describeHeld(
	{ export_, holder }: HeldOne,
	o: {
		readonly inFlight: number;
		readonly health: Pick<HealthGate, 'view'>;
	},
): HeldExport {
	const health = o.health.view(export_.id);
	return {
		label: export_.config.label,
		holder: holder.label,
		sink: sinkState(export_.sink),
		inFlight: o.inFlight,
		...(health ? { health } : {}),
	};
}

function sinkState(sink: Sink | undefined): HeldExport['sink'] {
	if (!sink) return 'none';
	return sink.isReady?.() === false ? 'waiting' : 'ready';
}
