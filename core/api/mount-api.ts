import type { Listener } from '../receiver/listener/listener';
import type { LeavePlace } from '../receiver/listener/places';
import type { Watched } from '../receiver/listener/watched';
import { apiHandler, type ApiPorts } from './api-handler';
import { requireExposure, type Exposure } from './exposure';
import type { Dialect } from './route';

export interface MountedApi<Core> {
	readonly listener: Pick<Listener, 'mount'>;
	readonly dialects: readonly Dialect<Core>[];
	/** Its names are those that requests may be sent to. */
	readonly exposure: Exposure;
	readonly ports: Omit<ApiPorts<Core>, 'names'>;
	/** What the listener's own paths tell of it. */
	readonly watched?: Watched | undefined;
	/** Whom to name where somebody else wants a place. */
	readonly holder: { readonly label: string };
}

/**
 * Serves dialects at their places of a listener, until the returned function is called.
 *
 * @throws ConfigError where the listener is one that an API is not to be on (`exposure.ts`), and where a place is taken; then none is served
 */
export function mountApi<Core>({
	listener,
	dialects,
	exposure,
	ports,
	holder,
	watched,
}: MountedApi<Core>): LeavePlace {
	requireExposure(exposure);
	const left: LeavePlace[] = [];
	const leave: LeavePlace = (how) => {
		for (const one of left.splice(0)) one(how);
	};
	try {
		for (const dialect of dialects) {
			const handler = apiHandler(dialect, { ...ports, names: exposure.names });
			for (const place of dialect.places) {
				left.push(listener.mount({ ...place, handler, holder, watched }));
			}
		}
	} catch (error) {
		leave();
		throw error;
	}
	return leave;
}
