import { formatTime, GENERALIZED_FROM_MS, NO_EXPIRY_MS, type Time } from "../../x509/time.ts";
import { ROLES } from "../policy.ts";
import type { Flaw, Rule } from "../rule.ts";
import { parametersSchema, whole } from "./schema.ts";
import { commandFor, counted, reissue, reissueWith } from "./wording.ts";

const DAY_MS = 86_400_000;
/** The first moment that UTCTime can write: 1950-01-01. */
const UTC_FROM_MS = Date.UTC(1950, 0, 1);

const timeForm: Rule = {
  id: "time-form",
  title: "Times through 2049 are UTCTime, later ones GeneralizedTime.",
  citation: "RFC 5280, 4.1.2.5",
  roles: ROLES,
  bind(_, role) {
    const flaw = (field: string, time: Time): Flaw => ({
      message: `${field} is before 2050 but written as a GeneralizedTime`,
      expected: `${field} as UTCTime`,
      actual: `GeneralizedTime, ${formatTime(time.epochMs)}`,
      hint: reissue(role, "with its times in the form that RFC 5280 asks for"),
    });
    return ({ certificate: { notBefore, notAfter } }) => {
      const early = !hasRightForm(notBefore);
      const late = !hasRightForm(notAfter);
      if (!early && !late) return undefined;
      return [
        ...(early ? [flaw("notBefore", notBefore)] : []),
        ...(late ? [flaw("notAfter", notAfter)] : []),
      ];
    };
  },
};

/** UTCTime holds no other years, so only the longer form can be the wrong one. */
function hasRightForm(time: Time): boolean {
  return time.form === "utc" || time.epochMs >= GENERALIZED_FROM_MS || time.epochMs < UTC_FROM_MS;
}

const validityOrder: Rule = {
  id: "validity-order",
  title: "notAfter is not before notBefore.",
  citation: "RFC 5280, 4.1.2.5",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { notBefore, notAfter } }) => {
      if (notAfter.epochMs >= notBefore.epochMs) return undefined;
      return {
        message: "the certificate ends before it begins, so it is never valid",
        expected: `notAfter from ${formatTime(notBefore.epochMs)} on`,
        actual: `notAfter ${formatTime(notAfter.epochMs)}`,
        hint: reissue(role, "with notAfter later than notBefore"),
      };
    };
  },
};

const validityLength: Rule = {
  id: "validity-length",
  title: "The certificate is not valid for longer than allowed.",
  citation: "RFC 5280, 4.1.2.5",
  roles: ROLES,
  parameters: parametersSchema({ maximumDays: whole(1, "the most days from notBefore to notAfter") }, [
    "maximumDays",
  ]),
  bind({ maximumDays }, role) {
    const maximum = maximumDays as number;
    return ({ certificate: { notBefore, notAfter } }) => {
      const length = notAfter.epochMs - notBefore.epochMs;
      if (length <= maximum * DAY_MS) return undefined;
      return {
        message: "the certificate is valid for longer than allowed",
        expected: `at most ${counted(maximum, "day")}`,
        actual: `${lengthInWords(length)}, until ${formatTime(notAfter.epochMs)}`,
        hint: reissueWith(role, "for a shorter time", `--days ${maximum}`),
      };
    };
  },
};

const validityWithinIssuer: Rule = {
  id: "validity-within-issuer",
  title: "The certificate's validity lies within its issuer's.",
  citation: "RFC 5280, 6.1.3 (a)(2)",
  roles: ["intermediate", "device"],
  bind(_, role) {
    return ({ certificate, issuer }) => {
      if (issuer === undefined) return undefined;
      const { notBefore, notAfter } = certificate;
      if (notBefore.epochMs >= issuer.notBefore.epochMs && notAfter.epochMs <= issuer.notAfter.epochMs)
        return undefined;
      const late = notAfter.epochMs > issuer.notAfter.epochMs;
      return {
        message: late
          ? "the certificate outlives its issuer, and fails from that day on"
          : "the certificate begins before its issuer, and fails until then",
        expected: `within ${formatTime(issuer.notBefore.epochMs)} to ${formatTime(issuer.notAfter.epochMs)}`,
        actual: `${formatTime(notBefore.epochMs)} to ${formatTime(notAfter.epochMs)}`,
        hint: late
          ? reissueWith(role, "with an earlier end", `--not-after ${formatTime(issuer.notAfter.epochMs)}`)
          : reissueWith(role, "with a later start", `--not-before ${formatTime(issuer.notBefore.epochMs)}`),
      };
    };
  },
};

const validityCurrent: Rule = {
  id: "validity-current",
  title: "The certificate is valid at the moment of judgement.",
  citation: "RFC 5280, 6.1.3 (a)(2)",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { notBefore, notAfter }, atMs }) => {
      if (atMs >= notBefore.epochMs && atMs <= notAfter.epochMs) return undefined;
      const early = atMs < notBefore.epochMs;
      return {
        message: early ? "the certificate is not valid yet" : "the certificate has expired",
        expected: `valid at ${formatTime(atMs)}`,
        actual: early
          ? `valid from ${formatTime(notBefore.epochMs)}`
          : `valid until ${formatTime(notAfter.epochMs)}`,
        hint: early
          ? "check this machine's clock, or wait; --at judges at another moment"
          : reissue(role, "with a notAfter that lies ahead"),
      };
    };
  },
};

const validityRemaining: Rule = {
  id: "validity-remaining",
  title: "The certificate has more than a few days left.",
  citation: "AWS IoT Core, Device Defender: CA certificate expiring check",
  roles: ROLES,
  parameters: parametersSchema(
    { minimumDays: whole(0, "there is a flaw with this many days left, or fewer") },
    ["minimumDays"],
  ),
  bind({ minimumDays }, role) {
    const minimum = minimumDays as number;
    return ({ certificate: { notAfter }, atMs }) => {
      const left = notAfter.epochMs - atMs;
      if (left > minimum * DAY_MS || left < 0) return undefined;
      return {
        message: `the certificate expires soon, in ${daysInWords(left)}`,
        expected: `more than ${counted(minimum, "day")} left`,
        actual: `notAfter ${formatTime(notAfter.epochMs)}, ${daysInWords(left)} left`,
        hint: `make its successor now (\`${commandFor(role)}\`) and register it before this one ends`,
      };
    };
  },
};

const noExpiry: Rule = {
  id: "no-expiry",
  title: "The certificate does not expire: notAfter is 99991231235959Z.",
  citation: "RFC 5280, 4.1.2.5; IEEE 802.1AR-2018, 8.7",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { notAfter } }) => {
      if (notAfter.epochMs === NO_EXPIRY_MS) return undefined;
      return {
        message: "the certificate expires, though a device's birth certificate should not",
        expected: `notAfter ${formatTime(NO_EXPIRY_MS)}`,
        actual: `notAfter ${formatTime(notAfter.epochMs)}`,
        hint: reissueWith(role, "without an end", `--not-after ${formatTime(NO_EXPIRY_MS)}`),
      };
    };
  },
};

/** A length of time to the second: `5479 days and 1 second`. */
function lengthInWords(lengthMs: number): string {
  const seconds = Math.round((lengthMs % DAY_MS) / 1000);
  const days = counted(Math.floor(lengthMs / DAY_MS), "day");
  return seconds === 0 ? days : `${days} and ${counted(seconds, "second")}`;
}

/** A length of time in whole days, rounded down; `less than a day` under one. */
function daysInWords(lengthMs: number): string {
  const days = Math.floor(lengthMs / DAY_MS);
  return days < 1 ? "less than a day" : counted(days, "day");
}

/** The rules on notBefore and notAfter. */
export const VALIDITY_RULES: readonly Rule[] = [
  timeForm,
  validityOrder,
  validityLength,
  validityWithinIssuer,
  validityCurrent,
  validityRemaining,
  noExpiry,
];
