#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `openai`, `AzureOpenAI`' 6.49.0
npm_packages openai@6.49.0
cat >"$work/carry.mjs" <<'JS'
import http from 'node:http';
import { execFileSync } from 'node:child_process';
import { AzureOpenAI } from 'openai';
let asked = 0;
const server = http.createServer((request, answer) => {
  if (asked === 2) console.log(`${request.headers.authorization}, asked for each request`);
  answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}).listen(0, '127.0.0.1', async () => {
  const azureADTokenProvider = async () => { asked++; return execFileSync(process.env.ARC_TOKEN, ['--resource', 'https://cognitiveservices.azure.com'], { encoding: 'utf8' }).trim(); };
  const client = new AzureOpenAI({ azureADTokenProvider, apiVersion: '2024-10-21', endpoint: `http://127.0.0.1:${server.address().port}` });
  for (let i = 0; i < 2; i++) await client.models.list();
  server.close();
});
JS
carries 'Bearer TOKEN, asked for each request' node carry.mjs
print_row
