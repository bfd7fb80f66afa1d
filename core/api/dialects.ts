import type { ApiCore } from './api-core';
import { disruptiveDialect } from './disruptive/disruptive-dialect';
import { tokenDialect } from './disruptive/token-dialect';
import { keboolaDialect } from './keboola/keboola-dialect';
import { opendatasoftAutomation } from './opendatasoft/automation-dialect';
import { opendatasoftPush } from './opendatasoft/push-dialect';
import type { Dialect } from './route';
import { sluiceDialect } from './sluice/sluice-dialect';

/** All dialects that an API can serve. Documentation, conformance and the fuzz run go through them. */
export const DIALECTS: readonly Dialect<ApiCore>[] = [
	sluiceDialect,
	disruptiveDialect,
	tokenDialect,
	opendatasoftPush,
	opendatasoftAutomation,
	keboolaDialect,
];
