#!/usr/bin/env bash
# mssql 12.7.14 with tedious 19.2.2, npm. Last run 2026-11-29.
#
# Connection strings of SqlClient, with "Authentication=Active Directory Managed Identity" (or MSI, or Default), are taken by npm's
# mssql without a word: and make a login by password with an empty user name. A Token= beside them is dropped. The server's answer
# then is "Login failed for user ''", and the agent was never asked. The one word that leads to an identity is "Active Directory
# Integrated", which to SqlClient is Kerberos. Safe: the object form, authentication: { type: 'azure-active-directory-msi-vm' }.
. "$(dirname "$0")/common.sh"

npm_packages mssql@12.7.14 tedious@19.2.2
cat >"$work/login.mjs" <<'JS'
import net from 'node:net';
import sql from 'mssql';
// Reads a login as TDS has it: answers PRELOGIN with "no encryption", shows LOGIN7's user name and whether a feature (a token) is in it.
const server = net.createServer(socket => socket.on('error', () => {}).on('data', packet => {
  if (packet[0] === 0x12) {
    // Two options, the version (6 bytes) and the encryption (1 byte, 2: none), and their end.
    const answer = Buffer.from('0401001a00000100' + '00000b0006' + '0100110001' + 'ff' + '100000000000' + '02', 'hex');
    socket.write(answer);
  } else {
    const login = packet.subarray(8);
    console.log(`user of ${login.readUInt16LE(42)} characters, password of ${login.readUInt16LE(46)}, token ${(login[27] & 0x10) !== 0 && login.includes(Buffer.from('SECRET-TOKEN', 'utf16le'))}`);
    socket.destroy();
  }
})).listen(0, '127.0.0.1', async () => {
  for (const words of ['Managed Identity', 'MSI', 'Default', 'Integrated']) {
    const text = `Server=127.0.0.1,${server.address().port};Database=d;Encrypt=false;Authentication=Active Directory ${words};Token=SECRET-TOKEN`;
    process.stdout.write(`${words}: ${sql.ConnectionPool.parseConnectionString(text).authentication_type}, `);
    await new sql.ConnectionPool(text).connect().catch(() => {});
  }
  process.exit();
});
JS
(cd "$work" && alone node login.mjs) >"$work/seen"
for words in 'Managed Identity' MSI Default; do
  same "Active Directory $words" "$(grep "^$words:" "$work/seen")" "$words: default, user of 0 characters, password of 0, token false"
done
same "Active Directory Integrated" "$(grep '^Integrated:' "$work/seen")" 'Integrated: azure-active-directory-access-token, user of 0 characters, password of 0, token true'
