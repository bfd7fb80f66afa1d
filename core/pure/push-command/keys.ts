import type { CommandParts } from './request';
import { HEX, output, print, variable, word } from './shell';

const SECRET = variable('SECRET');

/** The secret itself travels: in a header, */
export function headerKeyParts({
	header,
	prefix,
}: {
	readonly header: string;
	readonly prefix: string;
}): CommandParts {
	return { asks: 'secret', headers: [[`${header}: ${prefix}`, SECRET]] };
}

export function bearerParts(): CommandParts {
	return headerKeyParts({ header: 'Authorization', prefix: 'Bearer ' });
}

/** as a password, */
export function basicParts({ user }: { readonly user: string }): CommandParts {
	return { asks: 'secret', options: [`-u ${word(`${user}:`, SECRET)}`] };
}

/** or in a parameter of the URL, each of its bytes escaped. */
export function queryKeyParts({ parameter }: { readonly parameter: string }): CommandParts {
	return {
		asks: 'secret',
		steps: [output('KEY', print(SECRET), HEX, "sed 's/../%&/g'")],
		query: { name: parameter, value: variable('KEY') },
	};
}
