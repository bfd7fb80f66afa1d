import { TIME, type CommandParts } from './request';
import { BASE64URL, output, print, variable, type Variable } from './shell';

const LIFE_SECONDS = 300;
const T = variable('T');

/** A JWT with the SHA-256 of the body. */
export function bodyJwtParts({
	header,
	claim,
	algs,
}: {
	readonly header: string;
	readonly claim: string;
	readonly algs: readonly string[];
}): CommandParts {
	const [alg = 'HS256'] = algs;
	const SUM = variable('SUM');
	return {
		asks: 'secret',
		steps: [
			TIME,
			output('SUM', print(variable('BODY')), 'openssl dgst -sha256 -r', "cut -d' ' -f1"),
			...tokenSteps(alg, [`,${JSON.stringify(claim)}:"`, SUM, '"']),
		],
		headers: [[`${header}: `, variable('TOKEN')]],
	};
}

/** A JWT that says who sends. By an algorithm with a private key only its issuer makes one. */
export function jwtParts({
	header,
	prefix,
	algs,
	issuer,
	audience,
	subject,
}: {
	readonly header: string;
	readonly prefix: string;
	readonly algs: readonly string[];
	readonly issuer: string;
	readonly audience: string;
	readonly subject: string;
}): CommandParts {
	const alg = algs.find((one) => one.startsWith('HS'));
	const headers = [[`${header}: ${prefix}`, variable('TOKEN')]];
	if (alg === undefined) return { asks: 'token', headers };
	const named = Object.entries({ iss: issuer, aud: audience, sub: subject })
		.filter(([, value]) => value !== '')
		.map(([name, value]) => `,"${name}":${JSON.stringify(value)}`)
		.join('');
	return {
		asks: 'secret',
		steps: [TIME, ...tokenSteps(alg, [`,"jti":"`, T, `-`, variable('$'), `"${named}`])],
		headers,
	};
}

/** @param claims beside those of time, as JSON that goes on */
function tokenSteps(alg: string, claims: readonly (string | Variable)[]): readonly string[] {
	const hash = `sha${alg.slice(2)}`;
	const [HEAD, CLAIMS] = [variable('HEAD'), variable('CLAIMS')];
	return [
		output('HEAD', print(JSON.stringify({ alg, typ: 'JWT' })), BASE64URL),
		`EXP=$((T + ${LIFE_SECONDS}))`,
		output('CLAIMS', print('{"iat":', T, ',"exp":', variable('EXP'), ...claims, '}'), BASE64URL),
		output(
			'MAC',
			print(HEAD, '.', CLAIMS),
			`openssl dgst -${hash} -hmac "$SECRET" -binary`,
			BASE64URL,
		),
		'TOKEN=$HEAD.$CLAIMS.$MAC',
	];
}
