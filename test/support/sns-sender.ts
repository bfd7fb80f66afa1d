/** What SNS would send: messages signed by a key of the tests, whose certificate comes by a fetch that asks nobody. */
import { createSign } from 'node:crypto';
import type { PushedRequest } from '../../core/receiver/request';
import type { FetchText } from '../../core/runtime/fetch-text';
import { aPush } from './pipeline-fixtures';

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:readings';

/** Within the validity of the certificate. */
export const SNS_NOW = Date.UTC(2027, 0, 1);

const SERVER = 'https://sns.eu-west-1.amazonaws.com';
export const CERTIFICATE_URL = `${SERVER}/SimpleNotificationService-0123456789abcdef.pem`;
export const SUBSCRIBE_URL = `${SERVER}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37fb687f5d51e6e2425f004a`;

/** Valid for a hundred years; public test data. */
export const SNS_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDGzCCAgOgAwIBAgIUTpAowddVyVyNauA5znRsbx6zKZUwDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTMwMDIzNzM3
WhgPMjEyNjExMDYwMjM3MzdaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtmzQzz5R+YwOsHf1aiMW
jvUllRCsulV/4+zI0yfT/EoRA1JulZREEfEZpeiRY+aq9BMX8eWvNnTYx3zNH6KS
+crd/WDc46blKB46V14X5H1VXZOcsY5HA/sLNjileA2Y9uyio1NYUpYVrqgQfgq9
P7lbea1REPyhi0IwZBKPe2djbjMfouoZEYzsiIGg+41tt+GeYJydf/njL3C1ruyx
gsrlb7Qs2He881gAe7HIVfK8FVZkA0OrNdl2jSZ+Kw3ycvnloGIyTM/iqG6PR5Ej
koXaJqtJtNwIK2uOxtZ5S/9ZBahlYr16yikEwAxFSXQ4GKwT0MJvqbwCiCZds+51
fwIDAQABo1MwUTAdBgNVHQ4EFgQUHBTInbdgupQr1Axi3oSelID8TJQwHwYDVR0j
BBgwFoAUHBTInbdgupQr1Axi3oSelID8TJQwDwYDVR0TAQH/BAUwAwEB/zANBgkq
hkiG9w0BAQsFAAOCAQEAcY1zy4Ba8wNFaOT85Ht6udRMIIDN39K06yzo+aWBI9nj
AaxypHAX+2qTQdEssmi15q6lgk/PCkhegAp/Aw+wVkjAOv83D7L/Mcs3CHigv8AI
208HdNlIcBSl2F8AQHxvHrGyeYoeN9ouw4u/MHpsNIFNJAxX5x1rB7NcWYNI9Mx/
LSC2zFhoe7Ut1oucAzBpVxReYnnKlvXBa0w7igk/1GRLqERvzTZfSgQsmtoZRCTR
gnJiCh1N++69OEaVvfiwO77UMLJ8Ro40HByRlTrpU6++E3DjYeXXT3ueIx7s7SZP
a1/uOrHZjlMYWE87v0z5MguN1tLw/i2VQI2dBeAIow==
-----END CERTIFICATE-----`;

const KEY = `-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC2bNDPPlH5jA6w
d/VqIxaO9SWVEKy6VX/j7MjTJ9P8ShEDUm6VlEQR8Rml6JFj5qr0Exfx5a82dNjH
fM0fopL5yt39YNzjpuUoHjpXXhfkfVVdk5yxjkcD+ws2OKV4DZj27KKjU1hSlhWu
qBB+Cr0/uVt5rVEQ/KGLQjBkEo97Z2NuMx+i6hkRjOyIgaD7jW234Z5gnJ1/+eMv
cLWu7LGCyuVvtCzYd7zzWAB7schV8rwVVmQDQ6s12XaNJn4rDfJy+eWgYjJMz+Ko
bo9HkSOShdomq0m03Agra47G1nlL/1kFqGVivXrKKQTADEVJdDgYrBPQwm+pvAKI
Jl2z7nV/AgMBAAECggEAQ/HklgP+sUUGpZiQah82hDlvbYVf6Cj3MNPc+rSfYpzN
mGCn+oNWFR6pMF+eY0ijTLQd24VyTISZxzdHCSzatDnok7pzm0DqohYcIbVUjdBW
rrtPhdxZu/RReTkA/GWIHxQFAXMF9wCag8pqFh/229i0Zu30PzDxFDarYmJ9WXcI
EeipyDyUqbKhlOoDM83HGxAl00nbPLwy67GVDQKPZ7jEm63cOxmIVCwddgnXgEiw
BGymwDeGJ6aW/XVu9Jpzer9s9RRXtx2CZOOzBdTGbr1nEDZCKyFVtFTdy5A6bGh3
c4sK9fFhtTP7OGdZSv2TsBvTQAn2Gmg1vIRhZBQPUQKBgQDcPWJf187QG81KmWk5
rlALX7DZ78Toyr5jR87xJLA3ItXNr+5iox/Cza47HDvuGB6dxZmV+0g457VF1v+W
pcHZ4gJ9z7xlAxfasHAefUHsPuqv6/JDM6eXMpFuN2tbPFHBPghPb5e9fyLzv+AG
yKOgbeLL4rqoXfAEdycAdPpZEQKBgQDUC5pAxGVYV69fqAY4ymUrlvup+G+5oYbT
d4NNt+i6rr1Etzxm1RhX+S4aiBTUh5Y0y8TOGyFBjnXBzaqOwJMnln08tzeP+NHJ
814rDUaQ9FkOxB52wYVQV9FPmS//j8ACw9F/o9NAflk+zT+9H4QwAoK58CAuk0XK
QopPz8NljwKBgQDV2tEsSayrTWPBXUfc15MoCCn85SJp/XxzgOXEKCDn2O6MxJmQ
s98CVKArC5Zx8n/AKYCiLxcJEo1lnIggKyIZxKkwq0e/OgqusoacRHp/wPQ4EL70
XDMO0O6AfFXFiMPGBcsh/zTzr4Er+JO7YpXoEOuZmLYxCM4oN97qRaxWUQKBgCI/
cX2OevPmzat8fuzDO83rh+AvARSRUy5qeimeT5d/S5CCq93MAy+KTnj4i6y77XW/
h5zmYtusv7Y6mpaN4fad5sJcsTuuq2ubxBTeAwy8ennZETaLERYl6OebTVZQiGmp
6PddpWwgPBfZnLbWFUqPzT9s2jXLkZUWZDJ50wxfAoGBAK7FsmBnVz8bARdy+LJa
KIqQUKLWhrc8XNherQjKU066ytOcT3XPTYVd8kBTPurpXEZObHwfCFSp89BzjiTS
Us+6fiH9nIc2tqrnPOoigcDuUV8LlLue4le6ce8X1orfYSi/0myyYoPWjjtZH59d
sd3QJi+xfKh7Qf8PJjLMVZvo
-----END PRIVATE KEY-----`;

type Message = Readonly<Record<string, string | undefined>>;

const NOTIFICATION: Message = {
	Type: 'Notification',
	MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
	TopicArn: TOPIC,
	Subject: 'My First Message',
	Message: '{"n":1}\nÜ',
	Timestamp: '2027-01-01T00:00:00.000Z',
};

export const CONFIRMATION: Message = {
	Type: 'SubscriptionConfirmation',
	MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
	Token: '2336412f37fb687f5d51e6e2425f004a',
	TopicArn: TOPIC,
	Message: 'You have chosen to subscribe to the topic.',
	SubscribeURL: SUBSCRIBE_URL,
	Timestamp: '2027-01-01T00:00:00.000Z',
};

/** The text that the documentation of SNS says is signed: names in the order of the alphabet. */
function signedText(message: Message): string {
	const names = Object.keys(message).filter((name) => message[name] !== undefined);
	return names
		.sort()
		.map((name) => `${name}\n${message[name]}\n`)
		.join('');
}

/** A request as SNS makes it, signed; `changed` is put in afterwards. */
export function fromSns(
	message: Message = {},
	{ version = '1', changed = {} }: { version?: string; changed?: Message } = {},
): PushedRequest {
	const whole = message['Type'] === undefined ? { ...NOTIFICATION, ...message } : message;
	const hash = version === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
	const signature = createSign(hash).update(signedText(whole)).sign(KEY, 'base64');
	const body = {
		...whole,
		SignatureVersion: version,
		Signature: signature,
		SigningCertURL: CERTIFICATE_URL,
		...changed,
	};
	return aPush({
		headers: {
			'content-type': 'text/plain; charset=UTF-8',
			'x-amz-sns-message-type': whole['Type'],
			'x-amz-sns-topic-arn': TOPIC,
		},
		body: Buffer.from(JSON.stringify(body)),
	});
}

/** The servers of SNS, and what was asked for there. @param answers by URL; the rest is 404 */
export function snsServers(
	answers: Readonly<Record<string, { status: number; text: string } | Error>> = {
		[CERTIFICATE_URL]: { status: 200, text: SNS_CERTIFICATE },
		[SUBSCRIBE_URL]: { status: 200, text: '<ConfirmSubscriptionResponse/>' },
	},
): { readonly asked: string[]; readonly fetchText: FetchText } {
	const asked: string[] = [];
	return {
		asked,
		fetchText: async (url) => {
			asked.push(url);
			const answer = answers[url] ?? { status: 404, text: '' };
			if (answer instanceof Error) throw answer;
			return answer;
		},
	};
}
