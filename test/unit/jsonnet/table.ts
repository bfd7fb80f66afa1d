import assert from 'node:assert/strict';

import { MappingError } from '../../../core/errors';
import { compile } from '../../../core/jsonnet/jsonnet';

import type { ErrorCode } from '../../../core/errors';
import type { CompileOptions } from '../../../core/jsonnet/options';

/** A template and the JSON data it gives; `same` compares text of numbers and order of keys too. */
export type Row = readonly [source: string, expected: unknown];

/** A template and a part of the message of its error. */
export type ErrorRow = readonly [source: string, message: string | RegExp, code?: ErrorCode];

/** A busy machine must not fail a test: only the tests of the clock have the usual time. */
export const PATIENT = { timeMs: 10_000 };

export function evaluates(rows: readonly Row[], options?: CompileOptions): void {
	for (const [source, expected] of rows) {
		it(`${shorten(source)} is ${shorten(JSON.stringify(expected))}`, () => {
			assert.deepEqual(compile(source, patient(options)).evaluate(), expected);
		});
	}
}

/** Compares the text of a string result, or of a number as `std.toString` shows it. */
export function prints(rows: readonly (readonly [source: string, text: string])[]): void {
	for (const [source, text] of rows) {
		it(`${shorten(source)} prints ${shorten(text)}`, () => {
			assert.equal(compile(`std.toString(${source})`, patient()).evaluate(), text);
		});
	}
}

export function fails(rows: readonly ErrorRow[], options?: CompileOptions): void {
	for (const [source, message, code = 'ERR_TEMPLATE_RUNTIME'] of rows) {
		it(`${shorten(source)} fails: ${String(message)}`, () => {
			const error = errorOf(source, options);
			assert.equal(error.code, code, error.message);
			if (typeof message === 'string') assert.ok(error.message.includes(message), error.message);
			else assert.match(error.message, message);
		});
	}
}

/** The error of a template; anything but a MappingError without the safety net is a defect (J89). */
export function errorOf(source: string, options?: CompileOptions, context?: unknown): MappingError {
	try {
		compile(source, patient(options)).evaluate(context);
	} catch (error) {
		assert.ok(error instanceof MappingError, String(error));
		assert.doesNotMatch(error.message, /internal error/);
		return error;
	}
	assert.fail(`no error: ${source}`);
}

function patient(options: CompileOptions = {}): CompileOptions {
	return { ...options, limits: { ...PATIENT, ...options.limits } };
}

function shorten(text: string | undefined): string {
	const line = String(text).replaceAll(/\s+/g, ' ');
	return line.length > 70 ? `${line.slice(0, 67)}…` : line;
}
