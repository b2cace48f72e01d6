# The client and its packages, for its rows with and without arc-token exec.
consumer "$through"'npm `@azure/msal-node`' 7.2.3
npm_packages @azure/msal-node@7.2.3
cat >"$work/get.mjs" <<'JS'
import { ManagedIdentityApplication } from '@azure/msal-node';
const application = new ManagedIdentityApplication();
const ask = () => application.acquireToken({ resource: 'https://vault.azure.net' }).then(t => t.accessToken, e => `${e.name}: ${e.message}`);
if (process.env.TWICE) await ask();
console.log(await ask());
JS
client=(node get.mjs)
