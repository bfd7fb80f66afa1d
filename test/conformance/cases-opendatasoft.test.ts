import { readFileSync } from 'node:fs';
import {
	checkAutomation,
	checkUnpublish,
	type AutomationCase,
	type UnpublishCase,
} from './cases-opendatasoft-api';
import { checkInactivity, type InactivityCase } from './cases-opendatasoft-inactivity';
import {
	checkBootstrap,
	checkErrorKey,
	checkFieldLimit,
	checkPush,
	checkSourceLabel,
	checkType,
	type BootstrapCase,
	type PushCase,
	type SourceLabelCase,
	type TypeCase,
} from './cases-opendatasoft-receiver';
import {
	checkAnswers,
	checkSender,
	type AnswerCase,
	type SenderCase,
} from './cases-opendatasoft-sender';
import { runCases } from './run-cases';

const { push, types, connector, sender, automation } = JSON.parse(
	readFileSync(new URL('../cases/opendatasoft.json', import.meta.url), 'utf8'),
) as {
	push: PushCase[];
	types: TypeCase[];
	connector: BootstrapCase[];
	sender: SenderCase[];
	automation: AutomationCase[];
};

describe('Opendatasoft cases', () => {
	runCases('push', push, {
		checks: { '*': checkPush, 'status-case': (one) => checkAnswers(one as unknown as AnswerCase) },
	});
	runCases('types', types, { checks: { '*': checkType } });
	runCases('connector', connector, {
		checks: {
			bootstrap: checkBootstrap,
			'bootstrap-types': checkBootstrap,
			'field-limit': checkFieldLimit,
			'source-label': (one) => checkSourceLabel(one as unknown as SourceLabelCase),
			inactivity: (one) => checkInactivity(one as unknown as InactivityCase),
			unpublish: (one) => checkUnpublish(one as unknown as UnpublishCase),
			'inactivity-off': (one) => checkInactivity(one as unknown as InactivityCase),
		},
	});
	runCases('sender', sender, {
		checks: { '*': checkSender, 'odsclient-error-key': checkErrorKey },
	});
	runCases('automation', automation, { checks: { '*': checkAutomation } });
});
