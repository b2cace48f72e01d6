#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `@aws-sdk/credential-providers`, `fromTokenFile`' 3.1175.0
npm_packages @aws-sdk/credential-providers@3.1175.0
cat >"$work/carry.mjs" <<'JS'
import http from 'node:http';
import { fromTokenFile } from '@aws-sdk/credential-providers';
const server = http.createServer((request, answer) => {
  let body = '';
  request.on('data', part => body += part).on('end', () => {
    console.log(`WebIdentityToken=${new URLSearchParams(body).get('WebIdentityToken').replace('\n', ' and a line feed')}`);
    answer.writeHead(400, { 'content-type': 'text/xml' }).end('<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error></ErrorResponse>');
  });
}).listen(0, '127.0.0.1', async () => {
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${server.address().port}`;
  await fromTokenFile({ webIdentityTokenFile: process.argv[2], roleArn: 'arn:aws:iam::000000000000:role/r', clientConfig: { region: 'eu-west-1' } })().catch(() => {});
  server.close();
});
JS
# Redirected as it is, the token ends with a line feed, and that is sent on.
carries 'WebIdentityToken=TOKEN and a line feed' bash -c 'umask 077; "$ARC_TOKEN" --resource api://AzureADTokenExchange >file; node carry.mjs file'
carries 'WebIdentityToken=TOKEN' bash -c 'umask 077; "$ARC_TOKEN" --resource api://AzureADTokenExchange | tr -d "\n" >file; node carry.mjs file'
print_row
