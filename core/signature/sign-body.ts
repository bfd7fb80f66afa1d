import { newVendorId } from '../runtime/ids';
import { SignJWT } from 'jose';
import { ConfigError } from '../errors';
import { checksumOf } from './checksum';
import { hmacKey, isHmacAlg } from './hmac-key';
import { CHECKSUM_CLAIM } from './token';
import { validateSecret } from './validate-secret';

export interface SignInput {
	/** The exact bytes that will be sent; text is taken as UTF-8. */
	readonly body: Uint8Array | string;
	/** 1 to 16,384 characters, without white space around it. */
	readonly secret: string;
	/** Milliseconds since the Unix epoch; default the machine's time. */
	readonly now?: number | undefined;
	/** HS256 (default), HS384 or HS512. */
	readonly alg?: string | undefined;
	/** From 1; default 3,600, as the vendor does (D18). */
	readonly expiresInSeconds?: number | undefined;
	/** The claim with the SHA-256 of the body; default `checksum_sha256`, and then beside the SHA-1 of old verifiers. */
	readonly claim?: string | undefined;
}

/**
 * Signs a body with a compact JWT that carries both checksums (D17, D18).
 *
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export async function signBody(input: SignInput): Promise<string> {
	const { body, secret, now = Date.now(), alg = 'HS256', expiresInSeconds = 3_600 } = input;
	const { claim = CHECKSUM_CLAIM } = input;
	validateSecret('signature', secret, 'secret');
	if (!isHmacAlg(alg)) throw new ConfigError('alg', 'HS256, HS384 or HS512', alg);
	if (!(expiresInSeconds >= 1)) {
		throw new ConfigError('expiresInSeconds', 'at least 1', expiresInSeconds);
	}
	const iat = Math.floor(now / 1_000);
	const claims = {
		...(claim === CHECKSUM_CLAIM ? { checksum: checksumOf('sha1', body) } : {}),
		[claim]: checksumOf('sha256', body),
		exp: iat + Math.floor(expiresInSeconds),
		iat,
		jti: newVendorId(),
	};
	return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(hmacKey(secret));
}
