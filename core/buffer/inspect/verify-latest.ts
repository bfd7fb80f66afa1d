import type { Finding, InspectedLatest } from './store-inspector';

/** The checksum of each (S50). */
export function verifyLatest(
	events: readonly InspectedLatest[],
	checked: { latest: number },
	report: (finding: Finding) => void,
): void {
	for (const one of events) {
		checked.latest++;
		if (one.event === undefined) report(damagedLatest(one));
	}
}

export function damagedLatest({ receiverId, key }: InspectedLatest): Finding {
	return { rule: 'S50', message: `the latest event ${key} of receiver ${receiverId} is damaged` };
}
