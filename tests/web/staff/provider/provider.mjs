// An OpenID Connect provider on loopback: node provider.mjs PORT RETURN_ADDRESS. Whoever gives a name is let in;
// what stands in ROLES is what they are. `POST /rotate` makes the provider sign with another key.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port, returnAddress] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const ROLES = { sommer: ['buergerbuero', 'kantine'], winter: 'it', herbst: ['kantine'] };

const makeKey = (kid) => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' });

const makeProvider = (kid) =>
  new Provider(issuer, {
    clients: [
      { client_id: 'stadtlotse', client_secret: 'ein/geheimes+Wort:mit%Zeichen', redirect_uris: [returnAddress] },
      { client_id: 'public', token_endpoint_auth_method: 'none', redirect_uris: [returnAddress] },
    ],
    jwks: { keys: [makeKey(kid)] },
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'roles'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: `id-of-${id}`, name: `Anzeige ${id}`, preferred_username: id, roles: ROLES[id] }),
    }),
  });

let provider = makeProvider('first');
createServer((request, response) => {
  if (request.url === '/rotate') {
    provider = makeProvider('second');
    response.end();
  } else {
    provider.callback()(request, response);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
