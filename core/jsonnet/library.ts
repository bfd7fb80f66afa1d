import { compileProgram } from './compile/program';
import { HostFunctionValue, hostError } from './evaluate/host';
import { run, runtimeError } from './evaluate/run';
import { Std } from './std/std';

import type { CompileHost } from './compile/compiler';
import type { Program } from './compile/program';
import type { Constant } from './compile/scope';
import type { Site } from './evaluate/run';
import type { Value } from './evaluate/value';
import type { HostFunction } from './host-function';
import type { CompileOptions, ExternalValue, ImportedFile } from './options';

/**
 * The files and external variables around one template. Sources are compiled once per template, values are kept for one
 * evaluation, since they may depend on its context (J9, J10).
 */
export class Library implements CompileHost {
	private readonly options: CompileOptions;
	private readonly globals: ReadonlyMap<string, Constant>;
	private readonly programs = new Map<string, Program>();
	private readonly files = new Map<string, ImportedFile>();

	constructor(options: CompileOptions) {
		this.options = options;
		const globals = new Map<string, Constant>();
		for (const [name, host] of Object.entries<HostFunction>(options.globals ?? {})) {
			globals.set(name, { value: new HostFunctionValue(name, host) });
		}
		this.globals = globals;
	}

	compile(filename: string, text: string): Program {
		const std = new Std({
			thisFile: filename,
			extVar: (name) => this.externalVariable(name),
			native: this.options.nativeFunctions ?? {},
			trace: this.options.trace,
		});
		return compileProgram({ filename, text }, new Map([...this.globals, ['std', std]]), this);
	}

	load(form: 'import' | 'importstr' | 'importbin', from: string, path: string, site: Site): Value {
		const file = this.find(from, path, site);
		return remember(`${form} ${file.path}`, () => {
			if (form === 'importstr') return textOf(file);
			if (form === 'importbin') return [...(file.bytes ?? new TextEncoder().encode(textOf(file)))];
			return this.program(file.path, textOf(file))();
		});
	}

	external(kind: string, name: string, value: ExternalValue): Value {
		if (typeof value === 'string') return value;
		const label = `<${kind}:${name}>`;
		return remember(label, () => this.program(label, value.code)());
	}

	private externalVariable(name: string): Value {
		const { extVars = {} } = this.options;
		const value = Object.hasOwn(extVars, name) ? extVars[name] : undefined;
		if (value === undefined) throw runtimeError(`Undefined external variable: ${name}`);
		return this.external('extvar', name, value);
	}

	private program(name: string, text: string): Program {
		const known = this.programs.get(name);
		if (known !== undefined) return known;
		const program = this.compile(name, text);
		this.programs.set(name, program);
		return program;
	}

	private find(from: string, path: string, site: Site): ImportedFile {
		const { importer } = this.options;
		if (importer === undefined) throw runtimeError(`imports are disabled: ${path}`, site);
		const key = `${from}\n${path}`;
		const known = this.files.get(key);
		if (known !== undefined) return known;
		try {
			const file = checkFile(importer(from, path), path);
			this.files.set(key, file);
			return file;
		} catch (error) {
			throw hostError(error, site);
		}
	}
}

/** A value that is computed once per evaluation. */
function remember(key: string, compute: () => Value): Value {
	run.memo ??= new Map();
	const known = run.memo.get(key);
	if (known !== undefined) return known as Value;
	const value = compute();
	run.memo?.set(key, value);
	return value;
}

/** What an importer in JavaScript gave. */
function checkFile(file: ImportedFile | undefined, path: string): ImportedFile {
	const isRead = typeof file?.contents === 'string' || file?.bytes instanceof Uint8Array;
	if (typeof file?.path === 'string' && isRead) return file;
	throw new Error(`the importer gave no {path, contents} for ${path}`);
}

function textOf(file: ImportedFile): string {
	return file.contents ?? new TextDecoder().decode(file.bytes);
}
