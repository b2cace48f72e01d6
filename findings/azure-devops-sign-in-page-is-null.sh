#!/usr/bin/env bash
# azure-devops-node-api 17.0.1, npm. Last run 2026-11-29.
#
# Azure DevOps answers a token that it does not want with a redirect to its sign-in page, which comes with status 203. This library
# follows, finds no JSON, and gives no error: connect() resolves to null, and the first call says "Failed to find api location for
# area: Location id" with a number that has nothing to do with the token. A 401 does become an error, with the body of the answer for its text.
. "$(dirname "$0")/common.sh"

npm_packages azure-devops-node-api@17.0.1
cat >"$work/ask.mjs" <<'JS'
import http from 'node:http';
import * as devops from 'azure-devops-node-api';
const server = http.createServer((request, answer) => {
  if (request.url.startsWith('/strict/')) answer.writeHead(401).end('{"message":"expired"}');
  else if (request.url.startsWith('/signin')) answer.writeHead(203, { 'content-type': 'text/html' }).end('<html>Sign In</html>');
  else answer.writeHead(302, { location: '/signin' }).end();
}).listen(0, '127.0.0.1', async () => {
  const say = async (name, ask) => console.log(name, await ask().then(String, e => `error ${e.message}`));
  const api = path => new devops.WebApi(`http://127.0.0.1:${server.address().port}/${path}`, devops.getBearerHandler('expired'));
  await say('connect', () => api('org').connect());
  await say('projects', async () => (await api('org').getCoreApi()).getProjects());
  await say('strict', () => api('strict/org').connect());
  server.close();
});
JS
(cd "$work" && alone node ask.mjs) >"$work/seen"
same "connect()" "$(grep ^connect "$work/seen")" 'connect null'
same "the first call" "$(grep ^projects "$work/seen")" 'projects error Failed to find api location for area: *Location id: *'
same "a 401" "$(grep ^strict "$work/seen")" 'strict error *expired*'
