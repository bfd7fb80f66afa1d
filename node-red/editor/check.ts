import type { BatchForm } from '../../core/pure/batch-forms';
import {
	ACK_TIMEOUT_MS,
	BODY_BYTES,
	COLUMNS,
	CONDITIONS,
	HTTP_TIMEOUT_MS,
	IDLE_MS,
	inSeconds,
	KEEP_DAYS,
	KEEP_FREE_MB,
	KEEP_GB,
	NODE_MIN_TIME_MS,
	PORT,
	RETRY,
	TEMPLATE_LENGTH,
} from '../../core/pure/bounds';
import { parseByteSize } from '../../core/pure/byte-size';
import { parseDuration, shortDuration } from '../../core/pure/duration';
import type { FormatName } from '../../core/pure/format-names';
import { isHeaderName, isHeaderValue } from '../../core/pure/header-name';
import { parsePath } from '../../core/pure/path';
import { parseRetryText } from '../../core/pure/retry';
import { isSchemaName, MAX_SCHEMA_LENGTH } from '../../core/pure/schema-name';
import { secretFault, SECRET_RULES, type SecretKind } from '../../core/pure/secret-rules';
import { isUrlPath } from '../../core/pure/url-path';
import { grouped, isWhole, type Range } from '../../core/pure/whole-number';
import { knownFault } from './template-check';
import { text } from './text';

/** What Node-RED wants of a validator: true, or a message that names the field and its bound. */
export type Verdict = true | string;

/** An environment variable, which Node-RED puts in. */
const VARIABLE = /^\$\{[^}\s]+\}$/;

/** Whether Node-RED puts an environment variable in for it. */
export function isVariable(written: string): boolean {
	return VARIABLE.test(written.trim());
}

/** What Node-RED shows of a password that it has stored. */
const STORED = '__PWRD__';

export function whole(label: string, value: unknown, { min, max }: Range): Verdict {
	const number = /^\s*\d+\s*$/.test(String(value ?? '')) ? Number(value) : Number.NaN;
	if (isWhole(number, { min, max })) return true;
	return text('error.whole', { label, ...texts({ min, max }) });
}

function texts({ min, max }: Range): { min: string; max: string } {
	return { min: grouped(min), max: grouped(max) };
}

export const count = (value: unknown): Verdict =>
	whole(text('label.count'), value, CONDITIONS.count);
export const ackTimeout = (value: unknown): Verdict =>
	whole(text('label.ackTimeout'), value, inSeconds(ACK_TIMEOUT_MS));
export const timeout = (value: unknown): Verdict =>
	whole(text('label.timeout'), value, inSeconds(HTTP_TIMEOUT_MS));
/** What a flow that was written by hand leaves out has its default. */
export const maxBody = (value: unknown): Verdict =>
	value === undefined || whole(text('label.maxBody'), value, BODY_BYTES);

/** A duration within bounds; empty is the default. */
export function duration(label: string, value: unknown, range: Range): Verdict {
	const written = String(value ?? '').trim();
	if (written === '' || VARIABLE.test(written)) return true;
	const ms = parseDuration(written);
	if (ms !== undefined && ms >= range.min && ms <= range.max) return true;
	const [min, max] = [range.min, range.max].map(shortDuration);
	return text('error.duration', { label, min, max });
}

export function time(value: unknown): Verdict {
	const ms = parseDuration(String(value ?? ''));
	return ms !== undefined && ms >= NODE_MIN_TIME_MS && ms <= CONDITIONS.timeMs.max
		? true
		: text('error.time');
}

/** How long nothing has to come; empty is none. @param time the time condition, which has to be longer */
export function idle(value: unknown, time?: unknown): Verdict {
	const label = text('label.idle');
	const verdict = duration(label, value, IDLE_MS);
	const [ms, timeMs] = [value, time].map((written) => parseDuration(String(written ?? '')));
	if (verdict !== true || ms === undefined || timeMs === undefined || ms < timeMs) return verdict;
	return text('error.idle', { label, time: shortDuration(timeMs) });
}

export function size(value: unknown): Verdict {
	const bytes = parseByteSize(String(value ?? ''));
	const { min, max } = CONDITIONS.sizeBytes;
	return bytes !== undefined && bytes >= min && bytes <= max ? true : text('error.size');
}

/** Empty and 0 keep nothing. */
export const keepDays = (value: unknown): Verdict =>
	isEmpty(value) ? true : whole(text('label.keepDays'), value, { ...KEEP_DAYS, min: 0 });

/** Empty is the default. */
export const keepGb = (value: unknown): Verdict =>
	isEmpty(value) ? true : whole(text('label.keepGb'), value, KEEP_GB);

function isEmpty(value: unknown): boolean {
	return String(value ?? '').trim() === '';
}

export function headerName(value: unknown, label = text('label.header')): Verdict {
	return isHeaderName(value) ? true : text('error.header', { label });
}

/** What can be sent: printable ASCII, Latin-1 and tab. */
export function headerValue(value: unknown): Verdict {
	return isHeaderValue(String(value ?? '')) ? true : text('error.headerValue');
}

export function url(value: unknown): Verdict {
	const written = String(value ?? '').trim();
	if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return text('error.url');
	const { username, password } = new URL(written);
	return username || password ? text('error.urlUser') : true;
}

/** Path of a receiver; empty is the one made of the node's id. */
export function path(value: unknown): Verdict {
	const written = String(value ?? '');
	if (written === '') return true;
	return VARIABLE.test(written) || isUrlPath(written) ? true : text('error.path');
}

/** Secret of a URL or of a signature, by the bounds of core; white space around it is taken away when it is used. */
export function secret(
	value: unknown,
	kind: Exclude<SecretKind, 'url'>,
	label = text('label.secret'),
): Verdict {
	const written = String(value ?? '').trim();
	if (written === STORED || VARIABLE.test(written)) return true;
	const fault = secretFault(kind, written);
	if (fault === undefined) return true;
	const { min, max } = SECRET_RULES[kind];
	if (fault === 'missing') return text('error.secretMissing', { label, min, max: grouped(max) });
	return text(`error.secret.${kind}`, { label, min, max: grouped(max) });
}

/** The former secret, which may be empty. */
export function previousSecret(value: unknown): Verdict {
	if (String(value ?? '').trim() === '') return true;
	return secret(value, 'signature', text('label.previous'));
}

/** A retry schedule as `parseRetryText` reads it; empty is the standard one. */
export function retryDelays(value: unknown): Verdict {
	const { delaysMs } = parseRetryText(String(value ?? '')) ?? {};
	const isRight =
		delaysMs !== undefined &&
		delaysMs.length <= RETRY.maxDelays &&
		delaysMs.every((ms) => isWhole(ms, RETRY.delayMs));
	return isRight || text('error.retryDelays');
}

export function cidrs(value: unknown, label = text('label.allowedCidrs')): Verdict {
	return listed(value).every(isCidr) ? true : text('error.cidrs', { label });
}

/** Place in a JSON body; empty is the whole body (K95). */
export function bodyPath(value: unknown): Verdict {
	const path = String(value ?? '').trim();
	try {
		parsePath(path);
		return true;
	} catch {
		return text('error.bodyPath', { path });
	}
}

/** The same of something in it; the whole body is not meant. */
export function placeInBody(label: string, value: unknown): Verdict {
	try {
		if (parsePath(String(value ?? '').trim()).length > 0) return true;
	} catch {
		// As if there were none.
	}
	return text('error.placeInBody', { label });
}

/** What the server has said about a template counts; what it has not answered yet does not. */
export function template(value: unknown): Verdict {
	const written = String(value ?? '');
	const { length } = Array.from(written);
	if (!isWhole(length, TEMPLATE_LENGTH)) return text('error.template', texts(TEMPLATE_LENGTH));
	const fault = knownFault(written);
	if (fault === undefined) return true;
	const { message, line, column } = fault;
	return line === undefined
		? text('error.templateWrong', { message })
		: text('error.templateAt', { line, column, message });
}

/** A name in a list of names that must differ (K9). */
export function uniqueName(label: string, value: unknown, all: readonly unknown[]): Verdict {
	const name = String(value ?? '').trim();
	if (name === '') return text('error.nameMissing', { label });
	const same = all.filter((other) => String(other ?? '').trim() === name);
	return same.length > 1 ? text('error.nameTwice', { label, name }) : true;
}

export interface ColumnSettings {
	type: string;
	name: string;
	primaryKey?: boolean;
	path?: string;
	defaultValue?: string;
	rawString?: boolean;
	template?: { language: 'jsonnet'; content: string };
}

export interface FieldSettings {
	name: string;
	path: string;
}

/** The settings of a buffer, as saved. */
export interface BufferSettings {
	id?: string;
	label?: string;
	/** batch: of nodes that take batches, rows as they come. */
	data: 'event' | 'batch' | 'fields' | 'columns';
	fields: FieldSettings[];
	columns: ColumnSettings[];
	count: number | string;
	time: string;
	size: string;
	idle?: string;
	done: 'auto' | 'sent' | 'acked';
	ackTimeoutSeconds: number | string;
	retryDelays?: string;
	onMappingError: 'reject' | 'dead';
	numbers?: 'double' | 'text';
	batchAs?: BatchForm;
	batchFormat?: FormatName;
	batchCsvHeader?: boolean;
	order?: 'any' | 'key' | 'strict';
	orderKeyPath?: string;
	liveFirst?: boolean;
	keepDays?: number | string;
	keepGb?: number | string;
}

export type DataSettings = Pick<BufferSettings, 'data' | 'fields' | 'columns'>;

/** Everything that is wrong with the chosen kind of data; what another kind holds does not matter. */
export function data(settings: Partial<DataSettings>): string[] {
	if (settings.data === 'fields') {
		const fields = settings.fields ?? [];
		const label = text('label.fieldName');
		const names = fields.map(({ name }) => name);
		return [
			...amount(text('label.fields'), fields.length),
			...fields.flatMap(({ name, path: place }) =>
				failures(uniqueName(label, name, names), bodyPath(place)),
			),
		];
	}
	if (settings.data === 'columns') {
		const columns = settings.columns ?? [];
		const label = text('label.columnName');
		const names = columns.map(({ name }) => name);
		return [
			...amount(text('label.columns'), columns.length),
			...columns.flatMap((column) =>
				failures(
					uniqueName(label, column.name, names),
					column.type === 'path' ? bodyPath(column.path) : true,
					column.type === 'template' ? template(column.template?.content) : true,
				),
			),
		];
	}
	return [];
}

/** What Node-RED wants of a property in which several things can be wrong. */
export function all(messages: readonly string[]): true | readonly string[] {
	return messages.length === 0 ? true : messages;
}

export function failures(...verdicts: Verdict[]): string[] {
	return verdicts.filter((verdict) => verdict !== true);
}

function amount(label: string, length: number): string[] {
	return failures(
		isWhole(length, COLUMNS) ? true : text('error.amount', { label, ...texts(COLUMNS) }),
	);
}

function listed(value: unknown, separator = ','): string[] {
	return String(value ?? '')
		.split(separator)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

function isCidr(written: string): boolean {
	const [address = '', bits, ...rest] = written.split('/');
	if (rest.length > 0) return false;
	const isV4 =
		/^\d{1,3}(\.\d{1,3}){3}$/.test(address) &&
		address.split('.').every((part) => Number(part) <= 255);
	const isV6 = address.includes(':') && URL.canParse(`http://[${address}]/`);
	if (!isV4 && !isV6) return false;
	return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isV4 ? 32 : 128));
}

/** Space to keep free on the disk of a store; empty is the default. */
export function keepFreeMb(value: unknown): Verdict {
	const written = String(value ?? '').trim();
	if (written === '' || VARIABLE.test(written)) return true;
	return whole(text('label.keepFree'), written, KEEP_FREE_MB);
}

/** Where a PostgreSQL is; Node-RED puts environment variables in for `${NAME}`. */
export function postgresField(
	field: 'host' | 'port' | 'database' | 'schema',
	value: unknown,
): Verdict {
	const written = String(value ?? '').trim();
	if (VARIABLE.test(written)) return true;
	const label = text(`label.${field}`);
	if (field === 'port') return whole(label, written, PORT);
	if (field === 'schema') {
		return isSchemaName(written) || text('error.schema', { max: MAX_SCHEMA_LENGTH });
	}
	return written !== '' || text('error.nameMissing', { label });
}
