import type { Bind, Node, Spec } from './ast';

/** The expressions directly inside a node. */
export function childrenOf(node: Node): (Node | undefined)[] {
	switch (node.kind) {
		case 'literal':
		case 'variable':
		case 'self':
		case 'dollar':
		case 'import':
			return [];
		case 'superIndex':
		case 'inSuper':
			return [node.key];
		case 'index':
			return [node.target, node.key];
		case 'slice':
			return [node.target, node.from, node.to, node.step];
		case 'call':
			return [node.target, ...node.positional, ...node.named.map((each) => each.value)];
		case 'apply':
			return [node.target, node.object];
		case 'unary':
			return [node.operand];
		case 'chain':
			return [node.first, ...node.rest.map((link) => link.operand)];
		case 'if':
			return [...node.branches.flatMap((each) => [each.condition, each.then]), node.otherwise];
		case 'function':
			return [...node.params.map((param) => param.fallback), node.body];
		case 'block':
			return [
				...node.statements.flatMap((each) =>
					each.kind === 'locals' ? bound(each.binds) : [each.condition, each.message],
				),
				node.body,
			];
		case 'fail':
			return [node.message];
		case 'array':
			return [...node.elements];
		case 'arrayComprehension':
			return [node.body, ...inSpecs(node.specs)];
		case 'object':
			return [
				...node.fields.flatMap((field) => [field.name, field.value]),
				...bound(node.locals),
				...node.asserts.flatMap((each) => [each.condition, each.message]),
			];
		case 'objectComprehension':
			return [node.field.name, node.field.value, ...bound(node.locals), ...inSpecs(node.specs)];
	}
}

function bound(binds: readonly Bind[]): Node[] {
	return binds.map((bind) => bind.value);
}

function inSpecs(specs: readonly Spec[]): Node[] {
	return specs.map((spec) => (spec.kind === 'for' ? spec.over : spec.condition));
}
