import type { OtherProgram } from "./programs.ts";

/** How one program makes devices: what a vendor would write into a shell script. */
export interface Peer {
  readonly name: string;
  readonly programs: readonly OtherProgram[];
  /** Files beside root.crt and root.key (SEC1), made once. */
  readonly files: Readonly<Record<string, string>>;
  /** Shell: makes $s.key and a certificate, $s.crt, of the serial $s; the shell is in the directory of those files. */
  readonly device: string;
  /** What it leaves out of the work, a sentence. */
  readonly remark?: string;
}

const OPENSSL_EXTENSIONS = `[req]
distinguished_name = dn
[dn]
[device]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
`;

const CERTTOOL_TEMPLATE = `country = US
organization = MyOrg
cn = Device-SERIAL
serial = SERIAL
expiration_days = 3650
signing_key
tls_www_client
`;

const CFSSL_CONFIG = JSON.stringify({
  signing: {
    profiles: { device: { usages: ["digital signature", "client auth"], expiry: "87600h", backdate: "1h" } },
  },
});

const CFSSL_REQUEST = JSON.stringify({
  CN: "Device-SERIAL",
  key: { algo: "ecdsa", size: 256 },
  names: [{ C: "US", O: "MyOrg" }],
});

const OPENSSL: OtherProgram = { program: "openssl", package: "openssl" };

/** The programs that can do the work, each by a loop in the shell. */
export const PEERS: readonly Peer[] = [
  {
    name: "openssl ecparam, req, x509",
    programs: [OPENSSL],
    files: { "openssl.cnf": OPENSSL_EXTENSIONS },
    device: `
      openssl ecparam -name prime256v1 -genkey -noout -out $s.key
      openssl req -new -config openssl.cnf -key $s.key -subj /C=US/O=MyOrg/CN=Device-$s -out $s.csr
      openssl x509 -req -in $s.csr -CA root.crt -CAkey root.key -set_serial $s -days 3650 -sha256 \\
        -extfile openssl.cnf -extensions device -out $s.crt`,
  },
  {
    name: "openssl req, one call",
    programs: [OPENSSL],
    files: { "openssl.cnf": OPENSSL_EXTENSIONS },
    device: `
      openssl req -x509 -config openssl.cnf -CA root.crt -CAkey root.key -newkey ec \\
        -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout $s.key -subj /C=US/O=MyOrg/CN=Device-$s \\
        -set_serial $s -days 3650 -sha256 -extensions device -out $s.crt`,
  },
  {
    name: "certtool",
    programs: [{ program: "certtool", package: "gnutls-bin" }],
    files: { template: CERTTOOL_TEMPLATE },
    device: `
      sed s/SERIAL/$s/ template > $s.template
      certtool --generate-privkey --key-type ecc --curve secp256r1 --outfile $s.key
      certtool --generate-certificate --load-privkey $s.key --load-ca-certificate root.crt \\
        --load-ca-privkey root.key --template $s.template --hash SHA256 --outfile $s.crt`,
  },
  {
    name: "cfssl",
    programs: [
      { program: "cfssl", package: "golang-cfssl" },
      { program: "cfssljson", package: "golang-cfssl" },
    ],
    files: { "config.json": CFSSL_CONFIG, "request.json": CFSSL_REQUEST },
    device: `
      sed s/SERIAL/$s/ request.json > $s.json
      cfssl gencert -loglevel=5 -ca root.crt -ca-key root.key -config config.json -profile device $s.json |
        cfssljson -bare $s
      mv $s-key.pem $s.key
      mv $s.pem $s.crt`,
    remark: "`cfssl` takes no serial number: it makes a random one, and nothing keeps note of it.",
  },
];
