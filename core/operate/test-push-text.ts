import type { TestedPush } from '../pipeline/receiver-results';

/** What came of a test of a receiver, in English, for both hosts. Pure. @param tested undefined: nothing could be sent */
export function testPushText(tested: TestedPush | undefined): string {
	if (!tested) {
		return "Not sent: only the sender can sign for this receiver. Its ways need a private key that is the sender's, or a secret in the URL that was renewed.";
	}
	const { way, status, seen } = tested;
	const by = way === 'none' ? 'Not signed, since no proof is asked for' : `Signed by ${way}`;
	return `${by}, answered ${status}: ${became(seen)}`;
}

function became(seen: TestedPush['seen']): string {
	switch (seen?.outcome) {
		case 'stored':
			return 'stored, and delivered as any other event. Its header sluice-test says that it is a test.';
		case 'duplicate':
			return 'known already, so it was not stored again.';
		case 'stale':
			return 'taken, and not stored: it is older than the latest of its device and type.';
		case 'filtered':
			if (seen.events === 0)
				return 'taken, and read as no event at all: give one of your own, in the form that the receiver splits.';
			return 'taken, and not stored: no buffer takes such an event.';
		case 'handshake':
			return 'taken for a handshake, and not stored.';
		case 'refused':
			return `refused (${[seen.code, seen.reason].filter(Boolean).join(', ')}).`;
		case undefined:
			return 'what became of it is not remembered any more, since many others came meanwhile.';
	}
}
