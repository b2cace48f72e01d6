#!/usr/bin/env bash
. "$(dirname "$0")/../common.sh"
consumer 'npm `@redis/entraid`' 6.1.0
npm_packages @redis/entraid@6.1.0 @redis/client@6.3.1
cat >"$work/get.mjs" <<'JS'
import { EntraIdCredentialsProviderFactory } from '@redis/entraid';
const provider = EntraIdCredentialsProviderFactory.createForSystemAssignedManagedIdentity({ clientId: 'x', tokenManagerConfig: { expirationRefreshRatio: 0.8 } });
const [credentials] = await provider.subscribe({ onNext() {}, onError() {} }).catch(e => [{ password: `${e.name}: ${e.message}` }]);
console.log(credentials.password);
process.exit();
JS
states with 'works, 2 requests' node get.mjs
states without 'works, 2 requests' node get.mjs
states refused '1 request: ServerError: *' node get.mjs
print_row
