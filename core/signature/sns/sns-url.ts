/** Where SNS is for a topic: its region's host alone, so that what an unknown sender names leads nowhere else. */

const TOPIC =
	/^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-\d{1,2}):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

export function isTopicArn(text: unknown): text is string {
	return typeof text === 'string' && TOPIC.test(text);
}

function hostOf(topic: string): string | undefined {
	const [, partition, region] = TOPIC.exec(topic) ?? [];
	if (region === undefined) return undefined;
	return `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

/** Whether a certificate that is there is one of SNS in the topic's region. */
export function isCertificateUrl(url: string, topic: string): boolean {
	const host = hostOf(topic);
	const name = host !== undefined && url.startsWith(`https://${host}/`);
	return (
		name &&
		/^\/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$/.test(url.slice(`https://${host}`.length))
	);
}

/** Whether a request of this URL confirms a subscription of the topic, and does nothing else. */
export function isConfirmationUrl(text: string, topic: string): boolean {
	const host = hostOf(topic);
	if (host === undefined || text.length > 4_000 || !URL.canParse(text)) return false;
	const { origin, username, password, pathname, searchParams, hash } = new URL(text);
	if (origin !== `https://${host}` || pathname !== '/' || username + password + hash !== '')
		return false;
	const has = (name: string, value?: string): boolean => {
		const [given, ...others] = searchParams.getAll(name);
		return given !== undefined && given === (value ?? given) && others.length === 0;
	};
	return has('Action', 'ConfirmSubscription') && has('TopicArn', topic) && has('Token');
}
