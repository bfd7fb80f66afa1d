// The endpoint of bench:forward, a process of its own: reads what it is sent and answers 200, as cheaply as Node can. `/dead` never
// answers; `/failing` answers 500 to bodies that hold "failing" (503 would say that nobody is there). Says its port on stdout, and ends with its stdin.
'use strict';
const http = require('node:http');

const server = http.createServer((request, response) => {
	if (request.url === '/dead') return void request.resume();
	if (request.url !== '/failing') {
		request.on('end', () => answer(response, 200)).resume();
		return;
	}
	let body = '';
	request.setEncoding('latin1');
	request.on('data', (part) => (body += part));
	request.on('end', () => answer(response, body.includes('failing') ? 500 : 200));
});

function answer(response, status) {
	response.writeHead(status, { 'Content-Length': 0 });
	response.end();
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
