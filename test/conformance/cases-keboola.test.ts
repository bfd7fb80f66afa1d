import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatByteSize } from '../../core/pure/byte-size';
import {
	evaluateConditions,
	parseConditions,
	type ConditionsInput,
} from '../../core/buffer/conditions';
import { formatDuration } from '../../core/pure/duration';
import { ConfigError, CoreError } from '../../core/errors';
import { createEvent } from '../../core/event/create-event';
import type { Event } from '../../core/event/event';
import type { Column } from '../../core/mapping/column';
import { formatCsvRow, type CsvCell } from '../../core/mapping/csv';
import { compileMapping } from '../../core/mapping/mapping';
import { normalizeId } from '../../core/mapping/normalize-id';
import { checkAnswer, checkBodyLimit, checkUnknown } from './keboola-ingest';
import {
	checkEmpty,
	checkNames,
	checkOverflow,
	checkRetry,
	checkStates,
} from './keboola-lifecycle';
import { runCases, type Capability } from './run-cases';

interface Case {
	id: string;
	group: string;
	api: 'buffer' | 'stream' | 'both';
	rules: string[];
	in: Input;
	expect: Expected;
	ours?: { expect: Expected };
	notPlanned?: string;
}

interface Input {
	column?: Omit<Column, 'name'>;
	columns?: Omit<Column, 'name'>[];
	template?: string;
	now?: string;
	ip?: string;
	headers?: Record<string, string>;
	body?: string;
	field?: string;
	row?: CsvCell[];
	conditions?: ConditionsInput;
	openedAgoSec?: number;
	openedAt?: string;
	recordsCount?: number;
	recordsSizeBytes?: number;
	receiverBufferLimit?: string;
	bufferedOver2Exports?: string;
	bodyBytes?: number;
	name?: string;
	explicitId?: string;
}

interface Expected {
	cell?: string;
	cellMatches?: string;
	json?: string;
	row?: string;
	encoded?: string;
	error?: string;
	errorPrefix?: string;
	errorContains?: string;
	httpStatus?: number;
	met?: boolean;
	reason?: string;
	ok?: boolean;
	normalized?: { count: number; size: string; time: string };
	message?: string;
	status?: number;
	id?: string;
	allowed?: [string, string][];
	retryAtByAttempt?: Record<string, string>;
	slice?: string;
	file?: string;
	contentType?: string;
	body?: string;
}

const CHECKS: Record<
	string,
	(input: Input, expected: Expected, profile: 'buffer' | 'stream') => void
> = {
	render: checkColumns,
	jsonnet: checkColumns,
	path: checkColumns,
	csv: checkCsv,
	condition: checkCondition,
	'condition-validation': checkConditions,
	'id-from-name': (input, { id }) =>
		assert.equal(normalizeId(input.explicitId ?? input.name ?? assert.fail()), id),
};

const { cases: all } = JSON.parse(
	readFileSync(new URL('../cases/keboola.json', import.meta.url), 'utf8'),
) as { cases: Case[] };
/** Those of the Buffer's own routes and tokens are run over HTTP by `test/unit/api/keboola/cases.test.ts`, which counts them. */
const cases = all.filter(
	({ id, group, api }) => !(group === 'api' && api !== 'stream') && id !== 'limit-token-desc',
);

/** Cases of groups that only some checks fit. What they say of addresses, names and texts is the REST API's. */
const BY_ID: Record<string, Record<string, (input: Input, expected: Expected) => unknown>> = {
	lifecycle: {
		'life-slice-states': (_, { allowed = [] }) => checkStates(allowed),
		'life-retry': (_, { retryAtByAttempt = {} }) => checkRetry(retryAtByAttempt),
		'life-slice-filename': ({ openedAt = '' }, { slice = '', file = '' }) =>
			checkNames(openedAt, slice, file),
		'life-empty-swap': () => checkEmpty(),
		'life-overflow': ({ receiverBufferLimit = '', bufferedOver2Exports = '' }, { message = '' }) =>
			checkOverflow(receiverBufferLimit, bufferedOver2Exports, message),
	},
	ingest: {
		'ingest-no-source': (_, { status = 0 }) => checkUnknown(status),
		'ingest-ok-processed': (_, expected) => checkAnswer(requireAnswer(expected)),
		'ingest-ok-accepted': (_, expected) => checkAnswer(requireAnswer(expected)),
	},
	limit: {
		'limit-body': ({ bodyBytes = 0 }, { status = 0 }) => checkBodyLimit(bodyBytes, status),
	},
};

/** By group, or by case, what nothing of the product can run yet. */
const WAITS: Record<string, Record<string, Capability>> = {
	api: { '*': 'The three REST APIs' },
	ingest: { '*': 'The three REST APIs' },
};

describe('Keboola cases', () => {
	for (const group of new Set(cases.map((one) => one.group))) {
		const some = cases.filter((one) => one.group === group);
		const check = CHECKS[group];
		const byId = Object.entries(BY_ID[group] ?? {}).map(
			([id, run]) => [id, async (one: Case) => void (await run(one.in, expectedOf(one)))] as const,
		);
		runCases(group, some, {
			checks: {
				...Object.fromEntries(byId),
				...(check ? { '*': (one: Case) => checkCase(one, check) } : {}),
			},
			waits: WAITS[group] ?? {},
		});
	}
});

function checkCase(one: Case, check: (typeof CHECKS)[string]): void {
	const expected = expectedOf(one);
	for (const profile of ['buffer', 'stream'] as const) {
		if (one.api === profile || one.api === 'both') check(one.in, expected, profile);
	}
}

function expectedOf({ ours, expect }: Case): Expected {
	return ours?.expect ?? expect;
}

function requireAnswer({ status, contentType, body }: Expected) {
	assert(status !== undefined && contentType !== undefined && body !== undefined);
	return { status, contentType, body };
}

function checkColumns(input: Input, expected: Expected, profile: 'buffer' | 'stream'): void {
	if (expected.error ?? expected.errorPrefix ?? expected.errorContains) {
		assert.throws(
			() => renderCells(input, profile),
			(error: unknown) => {
				assert(error instanceof CoreError);
				assert.equal(error.details['column'], 'c0');
				if (expected.error !== undefined) assert.equal(error.message, expected.error);
				assert(error.message.startsWith(expected.errorPrefix ?? ''));
				assert(error.message.includes(expected.errorContains ?? ''));
				assert.equal(error.status, expected.httpStatus ?? 400);
				return true;
			},
		);
		return;
	}
	const [cell] = renderCells(input, profile);
	if (expected.cellMatches) assert.match(String(cell), new RegExp(expected.cellMatches));
	else assert.equal(cell, expected.cell ?? expected.json);
}

function checkCsv(input: Input, expected: Expected, profile: 'buffer' | 'stream'): void {
	const quote = profile === 'stream' ? 'always' : 'needed';
	const cells = input.row ?? (input.columns ? renderCells(input, profile) : [input.field ?? '']);
	assert.equal(formatCsvRow(cells, { quote }), expected.row ?? `${expected.encoded}\n`);
}

function renderCells(input: Input, profile: 'buffer' | 'stream'): (string | null)[] {
	const template = { language: 'jsonnet', content: input.template ?? '' } as const;
	const columns = input.columns ?? [input.column ?? { type: 'template', template }];
	const mapping = compileMapping({
		columns: columns.map((column, i) => ({ ...column, name: `c${i}` })),
		profile,
	});
	return mapping.renderCells(toEvent(input), { rowId: 1 });
}

function toEvent({ now, ip, headers, body }: Input): Event {
	return createEvent({
		receivedAt: now === undefined ? undefined : Date.parse(now),
		ip,
		headers,
		body,
	});
}

function checkCondition(input: Input, expected: Expected): void {
	const now = Date.parse(input.now ?? '');
	const stats = {
		rows: input.recordsCount ?? 0,
		bytes: input.recordsSizeBytes ?? 0,
		firstRowAt: now - (input.openedAgoSec ?? 0) * 1000,
	};
	assert.deepEqual(
		evaluateConditions(parseConditions(input.conditions ?? {}), stats, now),
		expected,
	);
}

function checkConditions(input: Input, expected: Expected): void {
	const parse = () => parseConditions(input.conditions ?? {});
	if (expected.ok) {
		const { count, sizeBytes, timeMs } = parse();
		const normalized = { count, size: formatByteSize(sizeBytes), time: formatDuration(timeMs) };
		assert.deepEqual(normalized, expected.normalized);
		return;
	}
	assert.throws(parse, (error: unknown) => {
		assert(error instanceof ConfigError);
		assert.equal(error.status, expected.status);
		if (expected.message !== undefined) assert.equal(error.message, expected.message);
		return true;
	});
}
