import { cell } from "./csv-list.ts";

/** A device as a platform is told of it. */
export interface PlatformDevice {
  /** The serial number in lower-case hex. */
  readonly serialHex: string;
  /** Its subject's common name. */
  readonly commonName: string;
  /** Its certificate, PEM, and as one line of base64. */
  readonly pem: string;
  readonly base64: string;
  /** Its issuer's certificate, PEM; absent where it is not at hand. */
  readonly issuerPem?: string;
}

/** One of the files that platforms import: a first line where it has one, and what each device adds. */
export interface PlatformFile {
  readonly header: string;
  readonly row: (device: PlatformDevice) => string;
  /** So many devices may be in one file; any number where absent. */
  readonly most?: number;
}

/** The files by the name of their format. */
export const PLATFORM_FILES: ReadonlyMap<string, PlatformFile> = new Map([
  // The platform's allow-list of vendor device ids.
  ["vdid-csv", { header: "vdid\r\n", row: ({ serialHex }) => `${serialHex}\r\n`, most: 10_000 }],
  // A line is the input of AWS IoT's RegisterCertificate.
  [
    "aws",
    {
      header: "",
      row: ({ pem, issuerPem }) =>
        `${JSON.stringify({ certificatePem: pem, ...(issuerPem === undefined ? {} : { caCertificatePem: issuerPem }), status: "ACTIVE" })}\n`,
    },
  ],
  // An individual enrolment each: the registration id is the common name, which the service compares without case.
  [
    "azure-dps",
    {
      header: "registrationId,primaryCertificate\r\n",
      row: ({ commonName, base64 }) => `${cell(commonName.toLowerCase())},${base64}\r\n`,
    },
  ],
]);
