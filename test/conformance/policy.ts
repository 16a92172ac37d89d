import { readFileSync } from "node:fs";
import { openJudge } from "../../src/open-judge.ts";
import type { Judge } from "../../src/policy/evaluate.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import type { Policy, Role } from "../../src/policy/policy.ts";
import type { Certificate } from "../../src/x509/certificate.ts";
import { sameName } from "../../src/x509/name-compare.ts";
import type { ChainCase } from "./cases.ts";

/** Judges by the rfc5280 policy, the floor of every other. */
export interface Floor {
  /** The rules that find an error in a path's certificates. */
  judgePath(path: readonly Certificate[], one: ChainCase, atMs: number): readonly string[];
  /** The rules that find an error or a warning in a certificate by itself. */
  judgeAlone(certificate: Certificate): readonly string[];
}

/** Loads the rfc5280 policy, and one over it for chains that want their purpose named exactly. */
export function loadFloor(): Floor {
  const floor = loadPolicy("rfc5280", (path) => readFileSync(path, "utf8"));
  const judge = openJudge(floor);
  return {
    judgePath(path, one, atMs) {
      const used = one.tags.includes("strict-eku") ? strictJudge(floor, one) : judge;
      return path.flatMap((certificate, place) => {
        const issuer = path[place + 1] ?? (selfIssued(certificate) ? certificate : undefined);
        // A chain's target is an end entity to its authors, whatever it says of itself.
        const role = place === 0 && path.length > 1 ? "device" : roleOf(certificate);
        const judged = {
          certificate,
          role,
          path: path.slice(place),
          atMs,
          ...(issuer === undefined ? {} : { issuer }),
        };
        return errors(used, judged);
      });
    },
    judgeAlone(certificate) {
      const issuer = selfIssued(certificate) ? { issuer: certificate } : {};
      const atMs = certificate.notBefore.epochMs;
      return judge
        .evaluate({ certificate, role: roleOf(certificate), atMs, ...issuer })
        .map((finding) => finding.rule);
    },
  };
}

/** What a certificate is by its own word. */
function roleOf(certificate: Certificate): Role {
  if (certificate.known.basicConstraints?.ca !== true) return selfIssued(certificate) ? "root" : "device";
  return selfIssued(certificate) ? "root" : "intermediate";
}

function selfIssued(certificate: Certificate): boolean {
  return sameName(certificate.subject, certificate.issuer);
}

function errors(judge: Judge, judged: Parameters<Judge["evaluate"]>[0]): readonly string[] {
  return judge
    .evaluate(judged)
    .filter((finding) => finding.severity === "error")
    .map((finding) => finding.rule);
}

/** The policy for BoringSSL's strict key purposes: extKeyUsage there and naming the purpose, below the anchor. */
function strictJudge(floor: Policy, one: ChainCase): Judge {
  const include = [one.purpose];
  const required = { presence: "required", include };
  return openJudge({
    ...floor,
    rules: {
      ...floor.rules,
      "ext-key-usage": { severity: "error", parameters: required, roles: { root: "off" } },
    },
  });
}
