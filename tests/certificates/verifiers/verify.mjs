// Verify badges with Digital Bazaar's libraries: {badge, issuer, list, now} in, {verified, said} out.
import * as didKey from "@digitalbazaar/did-method-key";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as vc from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const driver = didKey.driver();
driver.use({ multibaseMultikeyHeader: "z6Mk", fromMultibase: Ed25519Multikey.from });
const contexts = new Map(Object.entries(asked.contexts));

async function documentLoader(url) {
  if (contexts.has(url)) {
    return { contextUrl: null, documentUrl: url, document: contexts.get(url) };
  }
  if (url.startsWith("did:key:")) {
    return { contextUrl: null, documentUrl: url, document: await driver.get({ url }) };
  }
  if (asked.list && url === asked.list.id) {
    return { contextUrl: null, documentUrl: url, document: asked.list };
  }
  throw new Error(`nothing is fetched: ${url}`);
}

const suite = new DataIntegrityProof({ cryptosuite });

// The library says what the bit is; what a set bit means is for the verifier to say.
async function holds(given) {
  const found = await checkStatus({ ...given, suite, documentLoader });
  const revoked = (found.results ?? []).some(({ status }) => status);
  return { ...found, verified: found.verified && !revoked, error: found.error ?? (revoked && new Error("revoked")) };
}

const answers = [];
for (const { badge, issuer } of asked.badges) {
  try {
    const found = await vc.verifyCredential({
      credential: badge,
      suite,
      documentLoader,
      now: asked.now ? new Date(asked.now) : undefined,
      checkStatus: asked.list ? holds : async () => ({ verified: true }),
    });
    const own = !issuer || badge.issuer.id === issuer;
    const errors = found.error?.errors ?? [found.error ?? found.statusResult?.error];
    const said = errors.map((error) => String(error?.message ?? "")).join(" ");
    answers.push({ verified: found.verified && own, said: own ? said : "another issuer" });
  } catch (error) {
    answers.push({ verified: false, said: String(error.message) });
  }
}
console.log(JSON.stringify(answers));
