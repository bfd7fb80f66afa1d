/**
 * The one table of routes. A dialect (Keboola, Disruptive Technologies, Opendatasoft, our own) is a list of routes and a form of errors;
 * matching, bounds, validation, authorisation, audit, OpenAPI and the fuzz run read the list, and nothing is served beside it.
 *
 * To add a route: an entry made by `route`, in the file of its subject in the dialect's folder, named in the dialect's list. `handle` is
 * one core call: what it needs of the world is `core`, what it may throw is a CoreError. To add a dialect: a folder with its routes, its
 * `ErrorForm`, and a `Dialect` of the two; whoever opens the API names it in `openApi`.
 */
import type * as z from 'zod/v4';
import type { ErrorCode } from '../errors';
import type { PushedRequest } from '../receiver/request';
import type { CredentialWay } from './access/credential-ways';
import type { Principal, Target } from './access/principal';
import type { Scope } from './access/roles';
import type { ErrorForm } from './refusal';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a body is read as, and what it has to be. */
export interface BodyInput {
	readonly schema: z.ZodType;
	/** `form`: application/x-www-form-urlencoded, as an object of texts; one that is repeated is refused. */
	readonly as: 'json' | 'form';
	/** Whatever its Content-Type says (D63). Default: another one is ERR_CONTENT_TYPE; none at all is taken. */
	readonly isOfAnyType?: boolean;
	/** Default BODY_BYTES. */
	readonly maxBytes?: number;
	/** No body is `undefined` for the schema. Default: no body is no JSON. */
	readonly isOptional?: boolean;
}

/** What is absent is not looked at: a route without a query ignores one. */
export interface RouteInput {
	/** Of the pattern's parameters, decoded; default: each a text of up to 500 characters. */
	readonly path?: z.ZodObject;
	/** Each a text; one that is repeated is refused. */
	readonly query?: z.ZodObject;
	readonly body?: BodyInput;
	/** It is a push: nothing of it is read here, and the handler has the request, which enters by `Pipeline.accept`. */
	readonly isPush?: true;
}

/** An answer that a route may give. Without `json` and `text` its body is empty (K28). */
export interface RouteOutput {
	readonly description: string;
	readonly json?: z.ZodType;
	/** Its content type. */
	readonly text?: string;
}

/** By status. */
export type RouteOutputs = Readonly<Record<number, RouteOutput>>;

/** What a handler answers: one of the outputs of its route. */
export type ReplyOf<Outputs extends RouteOutputs> = {
	[Status in keyof Outputs & number]: {
		readonly status: Status;
		readonly headers?: Readonly<Record<string, string>>;
	} & (Outputs[Status] extends { readonly json: infer Schema extends z.ZodType }
		? { readonly json: z.input<Schema> }
		: Outputs[Status] extends { readonly text: string }
			? { readonly text: string }
			: { readonly json?: never; readonly text?: never });
}[keyof Outputs & number];

/** Any reply, once its type has done its work. */
export interface Reply {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly json?: unknown;
	readonly text?: string;
}

/** A reply with a JSON body; by function, since a literal in an async handler loses its status. */
export function reply<const Status extends number, Json>(
	status: Status,
	json: Json,
	headers: Readonly<Record<string, string>> = {},
): { readonly status: Status; readonly json: Json; readonly headers: typeof headers } {
	return { status, json, headers };
}

/** A reply without a body. */
export function emptyReply<const Status extends number>(
	status: Status,
	headers: Readonly<Record<string, string>> = {},
): { readonly status: Status; readonly headers: typeof headers } {
	return { status, headers };
}

/** Of a pattern: `/a/{x}/{*y}` has x and y. */
type NamesIn<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
	? (Name extends `*${infer Last}` ? Last : Name) | NamesIn<Rest>
	: never;

type PathOf<Pattern extends string, Input extends RouteInput> = Input extends {
	readonly path: infer Path extends z.ZodType;
}
	? z.output<Path>
	: string extends Pattern
		? Readonly<Record<string, string>>
		: Readonly<Record<NamesIn<Pattern>, string>>;
type QueryOf<Input extends RouteInput> = Input extends {
	readonly query: infer Query extends z.ZodType;
}
	? z.output<Query>
	: undefined;
type JsonOf<Input extends RouteInput> = Input extends {
	readonly body: { readonly schema: infer Body extends z.ZodType };
}
	? z.output<Body>
	: undefined;

type RequestOf<Input extends RouteInput> = Input extends { readonly isPush: true }
	? PushedRequest
	: undefined;

/** A request as a handler gets it: let in, and valid. */
export interface Call<
	Core,
	Pattern extends string = string,
	Input extends RouteInput = RouteInput,
> {
	readonly path: PathOf<Pattern, Input>;
	readonly query: QueryOf<Input>;
	readonly body: JsonOf<Input>;
	/** Of a push alone. */
	readonly request: RequestOf<Input>;
	/** Who asks; undefined on an open route. */
	readonly principal: Principal | undefined;
	/** Where the role was looked for: `*` on a route about all projects. Empty on an open route and one about the caller. */
	readonly project: string;
	/** Address of the client. */
	readonly ip: string;
	/** Name and port that the request was sent to, as it came; the name is one of the API's. Empty for the command line. */
	readonly host: string;
	/** Milliseconds since the Unix epoch. */
	readonly receivedAt: number;
	readonly core: Core;
	/** Names what was made or changed in the audit log, where the path does not: ids and words of closed sets, never what is secret. */
	readonly note: (target: Readonly<Record<string, string>>) => void;
}

export interface RouteSpec<
	Core,
	Pattern extends string,
	Input extends RouteInput,
	Outputs extends RouteOutputs,
> {
	readonly method: Method;
	/** As `pattern.ts` reads it; below one of the dialect's places. A handler has its parameters in `path`, by their names. */
	readonly pattern: Pattern;
	/** Unique in its dialect; names it in OpenAPI, the log and the audit log. */
	readonly operation: string;
	/** One sentence, for OpenAPI. */
	readonly summary: string;
	/** What the caller's role has to hold in the project; `open`: no credential is looked at. Of a route about the caller nothing is asked. */
	readonly scope: Scope | 'open';
	/**
	 * Which project it is about. Default: the parameter `project` of the path where the pattern has one, else the only one that the caller
	 * has a role in. `all`: a grant for all projects is needed. `caller`: about the caller alone, so that any credential will do.
	 */
	readonly of?: 'project' | 'all' | 'caller';
	/** What limits of the caller look at; without it, callers with limits are refused. @param path parameters, decoded */
	readonly target?: (path: PathOf<Pattern, Input>) => Target;
	/** Of an open route: what it is sent is a credential, so that addresses which were refused too often wait here as well. */
	readonly isSignIn?: true;
	/** Whether the audit log gets an entry. Default: of every method but GET, unless its scope is `push` or `open`. */
	readonly isChange?: boolean;
	readonly input?: Input;
	readonly output: Outputs;
	/** Codes that its handler may throw, beside those that follow from its shape; OpenAPI tells their answers. */
	readonly errors?: readonly ErrorCode[];
	readonly handle: (call: Call<Core, Pattern, Input>) => Promise<ReplyOf<Outputs>>;
}

/** A route without the types of its input and output. */
export interface Route<Core> extends Omit<
	RouteSpec<Core, string, RouteInput, RouteOutputs>,
	'handle' | 'input' | 'target'
> {
	readonly input: RouteInput;
	readonly target?: (path: Readonly<Record<string, string>>) => Target;
	readonly handle: (call: Call<Core>) => Promise<Reply>;
}

/** Makes an entry of the table; infers what the handler gets and may answer. */
export function route<Core>() {
	return <
		const Pattern extends string,
		const Input extends RouteInput,
		const Outputs extends RouteOutputs,
	>(
		spec: RouteSpec<Core, Pattern, Input, Outputs>,
	): Route<Core> => ({ ...spec, input: spec.input ?? {} }) as unknown as Route<Core>;
}

export interface Dialect<Core> {
	/** For logs. */
	readonly name: string;
	readonly title: string;
	/** Where it is mounted; `/` and single paths are possible (K26). */
	readonly places: readonly (
		| { readonly prefix: string; readonly path?: undefined }
		| { readonly path: string; readonly prefix?: undefined }
	)[];
	readonly routes: readonly Route<Core>[];
	/** How its clients show who they are. */
	readonly credentials: readonly CredentialWay[];
	readonly errorForm: ErrorForm;
	/** Pages of every origin may call it, with these headers (K27). Default: pages of other origins are refused. */
	readonly cors?: { readonly headers: readonly string[] };
}

/** Of a request's body, unless its route says otherwise. */
export const BODY_BYTES = 1_048_576;

export function isChange({ method, scope, isChange: said }: Route<never>): boolean {
	return said ?? (method !== 'GET' && scope !== 'push' && scope !== 'open');
}
