/** The mapping of bench:tables beside JavaScript that was written by hand for its columns; both in this process, in rounds that alternate. */
import assert from 'node:assert/strict';
import type * as Core from '../../core/index';
import { median, rounded } from './store-load';
import { COLUMNS, eventBody, rowByHand } from './tables-event';

const EVENTS = 20_000;
const AT_ONCE = 200;
const ROUNDS = 9;
const AT = 1_796_040_000_000;
const IP = '127.0.0.1';

export interface RenderFigures {
	readonly sluiceMicrosPerEvent: number;
	readonly handMicrosPerEvent: number;
	/** Median of the rounds' own. */
	readonly ratio: number;
}

export function measureRender(core: typeof Core): RenderFigures {
	const mapping = core.compileMapping({ columns: COLUMNS });
	const headers = { 'content-type': 'application/json' };
	const eventOf = (number: number): Core.Event =>
		core.createEvent({ receivedAt: AT, ip: IP, headers, body: Buffer.from(eventBody(number)) });
	const sluice = (event: Core.Event): string => core.formatCsvRow(mapping.renderCells(event));
	// But for the digits of doubles, of which Jsonnet prints all that there are.
	const [ours, theirs] = [sluice, rowByHand].map((render) => render(eventOf(1)));
	assert.deepEqual(fieldsOf(ours), fieldsOf(theirs));
	const rounds: { readonly sluice: number; readonly hand: number }[] = [];
	for (let round = 0; round <= ROUNDS; round++) {
		const one = { sluice: micros(sluice, eventOf), hand: micros(rowByHand, eventOf) };
		// The first one warms up.
		if (round > 0) rounds.push(one);
	}
	return {
		sluiceMicrosPerEvent: rounded(median(rounds.map((one) => one.sluice))),
		handMicrosPerEvent: rounded(median(rounds.map((one) => one.hand))),
		ratio: rounded(median(rounds.map((one) => one.sluice / one.hand))),
	};
}

/** A row of which the last field is JSON. */
function fieldsOf(row = ''): unknown[] {
	const [, plain, json] = /^([^"]*),"(.*)"\n$/s.exec(row) ?? [];
	return [plain, JSON.parse(String(json).replaceAll('""', '"'))];
}

/** Of events that nobody has read before; a few at a time, since what was read of them lives with them. */
function micros(
	render: (event: Core.Event) => string,
	eventOf: (number: number) => Core.Event,
): number {
	let spent = 0;
	for (let at = 0; at < EVENTS; at += AT_ONCE) {
		const events = Array.from({ length: AT_ONCE }, (_, i) => eventOf(at + i));
		const before = process.cpuUsage();
		for (const event of events) render(event);
		const { user, system } = process.cpuUsage(before);
		spent += user + system;
	}
	return spent / EVENTS;
}
