import { type Ended, run } from "./vendor.ts";

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** OpenSSL's verdict on a client certificate, at its strictest: status 0 and `OK`, or not. */
export function opensslVerify(root: string, certificate: string): Ended {
  return run("openssl", ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", root, certificate]);
}

/** GnuTLS's verdict on a client certificate: status 0 and `Verified.`, or not. */
export function certtoolVerify(root: string, certificate: string): Ended {
  const purpose = ["--verify", "--verify-purpose", CLIENT_AUTH];
  return run("certtool", [...purpose, "--load-ca-certificate", root, "--infile", certificate]);
}
