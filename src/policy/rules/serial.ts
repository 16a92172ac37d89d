import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { boundedPattern } from "./bounded-pattern.ts";
import { parametersSchema, regex, whole } from "./schema.ts";
import { counted, hex, quoted, range, reissueWith } from "./wording.ts";

const serialPositive: Rule = {
  id: "serial-positive",
  title: "The serial number is greater than zero.",
  citation: "RFC 5280, 4.1.2.2",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { serial } }) => {
      const first = serial[0] as number;
      if (first < 0x80 && (first > 0 || serial.length > 1)) return undefined;
      const negative = first >= 0x80;
      return {
        message: negative ? "the serial number is negative" : "the serial number is zero",
        expected: "a positive serial number",
        actual: negative ? `a negative one, octets ${hex(serial)}` : "0",
        hint: reissueWith(role, "with a serial number of 1 or more"),
      };
    };
  },
};

const serialOctets: Rule = {
  id: "serial-octets",
  title: "The serial number's encoding has no more octets, and no fewer, than allowed.",
  citation: "RFC 5280, 4.1.2.2",
  roles: ROLES,
  parameters: parametersSchema({
    minimumOctets: whole(1, "the least octets of the INTEGER's content"),
    maximumOctets: whole(1, "the most octets of the INTEGER's content"),
  }),
  bind(parameters, role) {
    const minimum = parameters.minimumOctets as number | undefined;
    const maximum = parameters.maximumOctets as number | undefined;
    const expected = range(minimum, maximum, "octet");
    return ({ certificate: { serial } }) => {
      const count = serial.length;
      if (count >= (minimum ?? 0) && count <= (maximum ?? count)) return undefined;
      const problem = maximum !== undefined && count > maximum ? "long" : "short";
      return {
        message: `the serial number is too ${problem}: its encoding has ${counted(count, "octet")}`,
        expected,
        actual: `${counted(count, "octet")}, ${hex(serial)}`,
        hint: reissueWith(
          role,
          problem === "short"
            ? `with a serial number from ${leastOf(minimum ?? 1)} on`
            : `with a serial number of ${expected}, a leading zero octet counted`,
        ),
      };
    };
  },
};

/** The least positive number whose encoding, which begins with its sign, has so many octets. */
function leastOf(octets: number): bigint {
  return octets === 1 ? 1n : 1n << BigInt(8 * (octets - 1) - 1);
}

const serialBuffer: Rule = {
  id: "serial-buffer",
  title: "The serial number fits the buffer that the platform's device application keeps for it.",
  citation: "SAMI reference device application",
  roles: ["device"],
  parameters: parametersSchema({ maximumOctets: whole(1, "the octets the buffer holds") }, ["maximumOctets"]),
  bind({ maximumOctets }) {
    const maximum = maximumOctets as number;
    return ({ certificate: { serial } }) => {
      const count = serial[0] === 0 ? serial.length - 1 : serial.length;
      if (count <= maximum) return undefined;
      return {
        message: `the serial number has ${counted(count, "octet")}, too many for the device application`,
        expected: `at most ${counted(maximum, "octet")}`,
        actual: `${counted(count, "octet")}, ${hex(serial)}`,
        hint: `give one of at most ${maximum * 2} hex digits, or enlarge the buffer in the device's firmware`,
      };
    };
  },
};

const vendorDeviceId: Rule = {
  id: "vendor-device-id",
  title: "The serial number in lower-case hex can be the vendor device id under which the device registers.",
  citation: "SAMI, Secure your devices: vendor device id",
  roles: ["device"],
  parameters: parametersSchema({ pattern: regex("what the serial number in lower-case hex must match") }, [
    "pattern",
  ]),
  bind({ pattern }, role) {
    const wanted = boundedPattern(pattern as string);
    return ({ certificate: { serial } }) => {
      const id = vendorId(serial);
      if (wanted.match(id) === "fits") return undefined;
      return {
        message: "the serial number in lower-case hex can't be used as the vendor device id",
        expected: `hex digits that match ${wanted.source}`,
        actual: quoted(id),
        hint: reissueWith(role, "with another serial number"),
      };
    };
  },
};

/** The serial as lower-case hex digits, without leading zeros. */
function vendorId(serial: Uint8Array): string {
  const digits = Buffer.from(serial.buffer, serial.byteOffset, serial.length).toString("hex");
  let start = 0;
  while (start < digits.length - 1 && digits.charCodeAt(start) === 0x30) start++;
  return start === 0 ? digits : digits.slice(start);
}

/** The rules on serial numbers. */
export const SERIAL_RULES: readonly Rule[] = [serialPositive, serialOctets, serialBuffer, vendorDeviceId];
