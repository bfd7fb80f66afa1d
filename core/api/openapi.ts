/**
 * The table of a dialect as an OpenAPI 3.1 document. What a route may answer is told of its outputs, of the errors that follow from its shape,
 * and of those that it names; their statuses are those that the dialect's form writes, so that an answer which is not in the document is a bug.
 *
 * Schemas are written where they are used: give them no ids (`.meta({ id })`), since their references would lead nowhere.
 */
import * as z from 'zod/v4';
import { CoreError, type ErrorCode } from '../errors';
import type { CredentialWay } from './access/credential-ways';
import { compilePattern } from './pattern';
import { refusalOf } from './refusal';
import { isChange, type BodyInput, type Dialect, type Route, type RouteOutput } from './route';

type Json = Readonly<Record<string, unknown>>;

/** @param version of the release */
export function openApiOf(dialect: Dialect<never>, version: string): Json {
	const paths: Record<string, Record<string, Json>> = {};
	for (const route of dialect.routes) {
		const path = route.pattern.replace('{*', '{');
		(paths[path] ??= {})[route.method.toLowerCase()] = operationOf(dialect, route);
	}
	return {
		openapi: '3.1.0',
		info: { title: dialect.title, version },
		paths,
		components: {
			schemas: { Error: schemaOf(dialect.errorForm.schema) },
			securitySchemes: Object.fromEntries(dialect.credentials.map(securityOf)),
		},
	};
}

/** Every status that a route may answer with. */
export function declaredStatuses(dialect: Dialect<never>, route: Route<never>): readonly number[] {
	return [
		...new Set([...outputsOf(route).map(([status]) => status), ...errorStatuses(dialect, route)]),
	];
}

function operationOf(dialect: Dialect<never>, route: Route<never>): Json {
	const { operation, summary, scope, input } = route;
	const errors = errorStatuses(dialect, route).map((status) => [status, ERROR] as const);
	const outputs = outputsOf(route).map(([status, output]) => [status, responseOf(output)] as const);
	return {
		operationId: operation,
		summary,
		...(scope === 'open' ? { security: [] } : { security: securityOfAll(dialect) }),
		'x-sluice-scope': scope,
		parameters: [...parametersOf(route, 'path'), ...parametersOf(route, 'query')],
		...(input.body ? { requestBody: bodyOf(input.body) } : {}),
		...(input.isPush ? { requestBody: { content: { '*/*': {} } } } : {}),
		responses: Object.fromEntries([...errors, ...outputs]),
	};
}

const ERROR = {
	description: 'The request was refused, or failed.',
	content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

function responseOf({ description, json, text }: RouteOutput): Json {
	if (json) return { description, content: { 'application/json': { schema: schemaOf(json) } } };
	if (text === undefined) return { description };
	return {
		description,
		content: { [text.split(';', 1)[0] ?? text]: { schema: { type: 'string' } } },
	};
}

function bodyOf({ schema, as, isOptional = false }: BodyInput): Json {
	const type = as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
	return { required: !isOptional, content: { [type]: { schema: schemaOf(schema) } } };
}

function parametersOf({ pattern, input }: Route<never>, where: 'path' | 'query'): Json[] {
	const shape = input[where]?.shape ?? {};
	const names = where === 'path' ? compilePattern(pattern).parameters : Object.keys(shape);
	return names.map((name) => {
		const schema = shape[name] as z.ZodType | undefined;
		const required = where === 'path' || !schema?.safeParse(undefined).success;
		return { name, in: where, required, schema: schema ? schemaOf(schema) : { type: 'string' } };
	});
}

function outputsOf({ output }: Route<never>): (readonly [number, RouteOutput])[] {
	return Object.entries(output).map(([status, one]) => [Number(status), one] as const);
}

function errorStatuses(dialect: Dialect<never>, route: Route<never>): readonly number[] {
	const errors = [new Error(), ...codesOf(dialect, route).map((code) => new CoreError(code, ''))];
	const written = errors.map((error) => dialect.errorForm.write(refusalOf(error, { path: '/' })));
	return [...new Set(written.map(({ status }) => status))];
}

/** What can go wrong before, around and behind any handler, by the shape of the route. */
function codesOf({ cors }: Dialect<never>, route: Route<never>): readonly ErrorCode[] {
	const { scope, of, input, pattern, errors = [] } = route;
	const takesParameters = pattern.includes('{') || input.query || input.body;
	return [
		'ERR_HOST_REFUSED',
		'ERR_ACCESS_CLOSED',
		'ERR_STORE_UNAVAILABLE',
		...(cors ? [] : (['ERR_ORIGIN_REFUSED'] as const)),
		...(scope === 'open' ? [] : LET_IN),
		...(scope === 'open' || of === 'caller' ? [] : AUTHORIZED),
		...(takesParameters ? (['ERR_INPUT_INVALID'] as const) : []),
		...(input.body ? WITH_BODY : []),
		...(isChange(route) ? (['ERR_BUFFER_FULL'] as const) : []),
		...errors,
	];
}

const LET_IN: readonly ErrorCode[] = [
	'ERR_CREDENTIAL_MISSING',
	'ERR_CREDENTIAL_REFUSED',
	'ERR_RATE_LIMITED',
];

const AUTHORIZED: readonly ErrorCode[] = [
	'ERR_FORBIDDEN',
	'ERR_PROJECT_UNKNOWN',
	'ERR_PROJECT_NEEDED',
];

const WITH_BODY: readonly ErrorCode[] = [
	'ERR_BODY_TOO_LARGE',
	'ERR_BODY_UNREADABLE',
	'ERR_CONTENT_TYPE',
	'ERR_CONTENT_ENCODING',
];

function securityOfAll({ credentials }: Dialect<never>): Json[] {
	return credentials.map((way) => ({ [securityOf(way)[0]]: [] }));
}

function securityOf(way: CredentialWay): readonly [name: string, scheme: Json] {
	switch (way.kind) {
		case 'basic':
			return ['basic', { type: 'http', scheme: 'basic' }];
		case 'authorization':
			return [way.scheme, { type: 'http', scheme: way.scheme }];
		case 'header':
			return [way.name, { type: 'apiKey', in: 'header', name: way.name }];
		case 'query':
			return [`query-${way.name}`, { type: 'apiKey', in: 'query', name: way.name }];
	}
}

function schemaOf(schema: z.ZodType): Json {
	const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
	return json;
}
