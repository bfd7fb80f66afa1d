/** The OpenAPI document, at all names under which clients look for it (K26). */
import { documentationRoute } from '../documentation-route';
import type { Dialect } from '../route';

const PATHS = {
	getDocumentation: '/v1/documentation',
	getOpenapiJson: '/v1/documentation/openapi.json',
	getOpenapi3Json: '/v1/documentation/openapi3.json',
	// JSON is YAML.
	getOpenapiYaml: '/v1/documentation/openapi.yaml',
	getOpenapi3Yaml: '/v1/documentation/openapi3.yaml',
} as const;

export function documentationRoutes(dialect: () => Dialect<never>) {
	return Object.entries(PATHS).map(([operation, pattern]) => ({
		...documentationRoute(pattern, dialect),
		operation,
	}));
}
