const UNTRUSTED =
	'the certificate of the other side is not signed by an authority that is trusted here; where it is one of your own, give its certificate as CA';

/** Names that Node gives to what is wrong with a certificate (OpenSSL's X509_V_ERR_… and its own). */
const FAULTS: Readonly<Record<string, string>> = {
	DEPTH_ZERO_SELF_SIGNED_CERT:
		'the certificate of the other side is self-signed, and not trusted here; where it is one of your own, give it as CA',
	SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
	UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
	ERR_TLS_CERT_ALTNAME_INVALID:
		'the certificate of the other side is for another name; call it by a name that its certificate has',
	CERT_HAS_EXPIRED: 'the certificate of the other side has expired; it has to be renewed there',
	ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		'the other side asks for a certificate of ours; give one, together with its key',
	CERT_NOT_YET_VALID:
		'the certificate of the other side is not valid yet; see the clocks of both machines',
};

/** What is wrong with a certificate, and what to do about it; undefined for any other error. Names nothing of it. */
export function certificateFault(code: string): string | undefined {
	return Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
}
