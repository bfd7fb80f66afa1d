import {
	BODY_BYTES,
	CORS,
	DEDUPE_HOURS,
	MAX_DEDUPE_PLACES,
	MAX_PROXIES,
} from '../../core/pure/bounds';
import { isOrigin } from '../../core/pure/origin';
import { textList } from '../../core/pure/text-list';
import * as check from './check';
import { isOpen } from './dialog';
import { typed } from './form';
import type { EditorNode } from './red';
import { text } from './text';

type Check = (label: string, written: string, node: EditorNode) => check.Verdict;

const header: Check = (label, written) => check.headerName(written, label);
const place: Check = (label, written) => check.placeInBody(label, written);
/** Only what is kept has places. */
const latestPlace: Check = (label, written, node) =>
	!keepsLatest(node) || place(label, written, node);
const eachOf =
	(one: Check, max: number): Check =>
	(label, written, node) => {
		const all = textList(written);
		if (all.length > max) return text('error.amount', { label, min: 1, max });
		return all.map((part) => one(label, part, node)).find((verdict) => verdict !== true) ?? true;
	};

/** Where the event type stands: in one place, or in none. */
const TYPE_PLACES = ['typePath', 'typeHeader', 'typeQuery'];
const typeIn =
	(name: string, one: Check): Check =>
	(label, written, node) => {
		const others = TYPE_PLACES.filter((other) => other !== name && valueOf(node, other) !== '');
		return others.length > 0 ? text('error.typePlaces') : one(label, written, node);
	};

/** Fields of a receiver that may be empty. */
const CHECKS: Readonly<Record<string, Check>> = {
	maxDecompressedBytes: (label, written) => check.whole(label, written, BODY_BYTES),
	typePath: typeIn('typePath', place),
	typeHeader: typeIn('typeHeader', header),
	typeQuery: typeIn('typeQuery', () => true),
	dedupeKeyPath: eachOf(place, MAX_DEDUPE_PLACES),
	dedupeHeader: header,
	dedupeHours: (label, written) => check.whole(label, written, DEDUPE_HOURS),
	latestDevicePath: latestPlace,
	latestTypePath: latestPlace,
	latestLabelsPath: latestPlace,
	latestTimePath: latestPlace,
	trustedProxies: eachOf((label, written) => check.cidrs(written, label), MAX_PROXIES),
	allowedOrigins: (label, written, node) =>
		written === '*' ? true : origins(label, written, node),
	allowedHeaders: eachOf(header, CORS.maxNames),
};

const origins = eachOf(
	(label, written) => isOrigin(written) || text('error.origins', { label }),
	CORS.maxNames,
);

/** Labels that go on where another one ends say nothing alone. */
const NAMED: readonly string[] = ['typeHeader', 'dedupeHeader', 'dedupeHours'];

/** A field of a receiver by its name; empty is its default, and an environment variable is not looked into. */
export function checkField(name: string, value: unknown, node: EditorNode): check.Verdict {
	const written = String(value ?? '').trim();
	if (written === '' || check.isVariable(written)) return true;
	const label = NAMED.includes(name)
		? text(`label.${name}`)
		: node._def._(`sluice-receiver.label.${name}`);
	return CHECKS[name]?.(label, written, node) ?? true;
}

function valueOf(node: EditorNode, name: string): string {
	return isOpen(node) ? typed($(`#node-input-${name}`)) : String(node[name] ?? '').trim();
}

function keepsLatest(node: EditorNode): boolean {
	return isOpen(node) ? $('#node-input-keepLatest').is(':checked') : node['keepLatest'] === true;
}
