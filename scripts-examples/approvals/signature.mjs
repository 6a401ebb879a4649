// Signatures of Standard Webhooks 1.0.0, with nothing but Node.js.
import { createHmac, timingSafeEqual } from 'node:crypto';

// A secret is base64 after "whsec_", or else its own text.
const key = (secret) =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);

export function sign(id, timestamp, body, secret) {
  const signed = createHmac('sha256', key(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${signed.digest('base64')}`;
}

// True if one of the signatures is one of the secrets', and the message is at most five minutes old.
export function isSigned(headers, body, secrets, now = Date.now() / 1000) {
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > 300) return false;
  const given = (headers['webhook-signature'] ?? '').split(' ');
  return secrets.some((secret) => {
    const expected = Buffer.from(sign(headers['webhook-id'], timestamp, body, secret));
    return given.some((each) => {
      const bytes = Buffer.from(each);
      return bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
  });
}
