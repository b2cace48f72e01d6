# The client and its packages, for its rows with and without arc-token exec.
consumer "$through"'npm `@azure/identity`' 4.13.1
npm_packages @azure/identity@4.13.1
cat >"$work/get.mjs" <<'JS'
import { ManagedIdentityCredential } from '@azure/identity';
const credential = new ManagedIdentityCredential();
const ask = () => credential.getToken('https://vault.azure.net/.default').then(t => t.token, e => `${e.name}: ${e.message}`);
await ask();
console.log(await ask());
JS
client=(node get.mjs)
