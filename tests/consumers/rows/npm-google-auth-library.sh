#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `google-auth-library`, external account' 10.9.1
npm_packages google-auth-library@10.9.1
cat >"$work/carry.mjs" <<'JS'
import fs from 'node:fs';
import http from 'node:http';
import { ExternalAccountClient } from 'google-auth-library';
const server = http.createServer((request, answer) => {
  let body = '';
  request.on('data', part => body += part).on('end', () => {
    console.log(`subject_token=${new URLSearchParams(body).get('subject_token').replace('\n', ' and a line feed')}`);
    answer.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"google","expires_in":3600,"token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}');
  });
}).listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/v1/token`;
  const client = ExternalAccountClient.fromJSON({
    type: 'external_account', audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt', token_url: url,
    credential_source: process.argv[2] ? { file: process.argv[2] } : { url: process.env.IDENTITY_ENDPOINT + '?api-version=2020-06-01&resource=api://x', headers: { Metadata: 'True' }, format: { type: 'json', subject_token_field_name: 'access_token' } },
  });
  await client.getAccessToken().catch(e => console.log(`${e.name}: ${e.status ?? ''} ${e.message}`));
  server.close();
});
JS
# The documented source for Azure is the address of a VM. Arc's asks for a key.
states with '1 request: *401*' node carry.mjs
carries 'subject_token=TOKEN' bash -c 'umask 077; "$ARC_TOKEN" --resource api://AzureADTokenExchange | tr -d "\n" >file; node carry.mjs file'
print_row
