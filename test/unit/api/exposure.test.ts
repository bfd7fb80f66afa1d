import assert from 'node:assert/strict';
import { requireExposure, type Exposure } from '../../../core/api/exposure';

describe('requireExposure: where management may be served', () => {
	const rows: [Exposure, boolean][] = [
		[{ at: 'listener', host: '127.0.0.1' }, true],
		[{ at: 'listener', host: '127.9.0.1' }, true],
		[{ at: 'listener', host: '::1' }, true],
		[{ at: 'listener', host: 'localhost' }, true],
		[{ at: 'listener', host: '0.0.0.0' }, false],
		[{ at: 'listener', host: '::' }, false],
		[{ at: 'listener', host: '127.0.0.1.example.com' }, false],
		[{ at: 'listener' }, false],
		[{ at: 'listener', host: '0.0.0.0', hasTls: true }, true],
		[{ at: 'listener', host: '0.0.0.0', isChosen: true }, true],
		[{ at: 'hostUrl', host: '127.0.0.1', hasTls: true }, false],
		[{ at: 'hostUrl', isChosen: true }, true],
	];
	for (const [exposure, isServed] of rows) {
		it(`${JSON.stringify(exposure)} ${isServed ? 'is served' : 'is refused'}`, () => {
			if (isServed) return requireExposure(exposure);
			assert.throws(() => requireExposure(exposure), { code: 'ERR_CONFIG_INVALID' });
		});
	}
});
