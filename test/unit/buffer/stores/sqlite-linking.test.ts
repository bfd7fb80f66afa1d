import assert from 'node:assert/strict';
import { linkingFailed } from '../../../../core/buffer/stores/sqlite/inspect/open-untouched';

/** What the kernel answers when a store is to be looked at where it is, and what helps. */
const ANSWERS: { code: string; isOurs: boolean; helps: RegExp }[] = [
	{ code: 'EACCES', isOurs: true, helps: /run this as the user that runs the host/ },
	{ code: 'EPERM', isOurs: false, helps: /run this as the user that runs the host/ },
	{ code: 'EPERM', isOurs: true, helps: /takes no hard links; copy all of it/ },
	{ code: 'ENOTSUP', isOurs: false, helps: /takes no hard links; copy all of it/ },
	{ code: 'EROFS', isOurs: true, helps: /run this where the host runs, or on a copy/ },
	{ code: 'ENOSPC', isOurs: true, helps: /no links to its files can be made/ },
];

describe('a store whose directory takes no links', () => {
	for (const { code, isOurs, helps } of ANSWERS) {
		it(`says what helps against ${code} on files of ${isOurs ? 'our own' : 'somebody else'}`, () => {
			const cause = Object.assign(new Error(`${code}: as the system says`), { code });
			const error = linkingFailed('/data/store', cause, () => isOurs);
			assert.equal(error.code, 'ERR_STORE_UNAVAILABLE');
			assert.equal(error.cause, cause);
			assert.match(error.message, helps);
			assert.match(error.message, /as the system says/);
			const isAboutLinks = /links/.test(error.message);
			assert.equal(isAboutLinks, !/as the user/.test(error.message));
		});
	}
});
