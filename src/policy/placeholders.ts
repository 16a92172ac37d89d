/** What an address has where the issuer's key identifier goes. */
export const ISSUER_KEY_ID = "{issuerKeyId}";
