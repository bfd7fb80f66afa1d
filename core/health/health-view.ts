import { givesUpAt, type GivenUp, type HealthState } from './health-state';
import type { Health } from './resolve-health';

/** How a destination is, to be shown. Instants are milliseconds since the Unix epoch. */
export interface HealthView {
	/** off: there is none. */
	readonly breaker: 'off' | 'closed' | 'open';
	readonly openedAt?: number;
	/** No request before; of an open breaker. */
	readonly nextProbeAt?: number;
	/** That failed since it opened. */
	readonly probes?: number;
	/** The rate allows no request before. */
	readonly slowedUntil?: number;
	/** The first failure after the last success. */
	readonly failingSince?: number;
	readonly lastSuccessAt?: number;
	readonly lastFailureAt?: number;
	readonly lastStatus?: number;
	/** When it is given up, if nothing is taken until then, and what happens then. */
	readonly givesUpAt?: number;
	readonly givesUpBy?: 'pause' | 'disable';
	readonly givenUp?: GivenUp;
}

/** @param slowedUntil of its rate; absent where a request may be made now */
export function viewOf(state: HealthState, health: Health, slowedUntil?: number): HealthView {
	const { breaker, failingSince, lastSuccessAt, lastFailureAt, lastStatus, givenUp } = state;
	const at = givenUp ? undefined : givesUpAt(state, health);
	const { action } = health.giveUp;
	return {
		breaker: !health.breaker ? 'off' : breaker ? 'open' : 'closed',
		...(breaker
			? {
					openedAt: breaker.openedAt,
					nextProbeAt: breaker.nextProbeAt,
					probes: breaker.probes,
				}
			: {}),
		...(slowedUntil === undefined ? {} : { slowedUntil }),
		...(failingSince === undefined ? {} : { failingSince }),
		...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
		...(lastFailureAt === undefined ? {} : { lastFailureAt }),
		...(lastStatus === undefined ? {} : { lastStatus }),
		...(at === undefined || action === 'nothing' ? {} : { givesUpAt: at, givesUpBy: action }),
		...(givenUp ? { givenUp } : {}),
	};
}
