#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `azure-devops-node-api`' 17.0.1
npm_packages azure-devops-node-api@17.0.1
cat >"$work/carry.mjs" <<'JS'
import http from 'node:http';
import * as devops from 'azure-devops-node-api';
const server = http.createServer((request, answer) => {
  console.log(request.headers.authorization);
  answer.writeHead(401).end();
}).listen(0, '127.0.0.1', () =>
  new devops.WebApi(`http://127.0.0.1:${server.address().port}/org`, devops.getBearerHandler(process.env.TOKEN)).connect().catch(() => {}).finally(() => server.close()));
JS
carries 'Bearer TOKEN' bash -c 'TOKEN=$("$ARC_TOKEN" --resource 499b84ac-1321-427f-aa17-267ca6975798) node carry.mjs'
print_row
