import { FIELD_CASES, type FieldChecks } from './field/field-case';
import { forwardChecks } from './field/forward';
import { forwardHttpChecks } from './field/forward-http';
import { handshakeChecks } from './field/handshakes';
import { jwtChecks } from './field/jwt';
import { mapChecks } from './field/map';
import { nodeRedChecks } from './field/node-red';
import { receiveChecks } from './field/receive';
import { receiveHttpChecks } from './field/receive-http';
import { senderChecks } from './field/senders';
import { storeChecks } from './field/store';
import { runCases } from './run-cases';

const CHECKS: FieldChecks = {
	...receiveChecks,
	...receiveHttpChecks,
	...nodeRedChecks,
	...mapChecks,
	...forwardChecks,
	...forwardHttpChecks,
	...storeChecks,
	...jwtChecks,
	...senderChecks,
	...handshakeChecks,
};

runCases('Cases from the field', FIELD_CASES, {
	checks: CHECKS,
	waits: Object.fromEntries(
		FIELD_CASES.flatMap(({ id, waitsFor }) =>
			waitsFor && !(id in CHECKS) ? [[id, waitsFor]] : [],
		),
	),
});
