import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { errorDocument, errorText } from "../../../src/report/error.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { finding } from "./samples.ts";

const PARTS = {
  kind: "input",
  code: "serial.zero",
  message: "the serial number is 0",
  hint: "use a positive one",
} as const;

describe("errors", () => {
  it("are two lines", () => {
    expect(errorText(new SamicertsError(PARTS), PLAIN)).toBe(
      "error: the serial number is 0\nhint: use a positive one\n",
    );
  });

  it("stay two lines however many findings caused them", () => {
    const findings = [finding(), finding({ rule: "b", message: "second" })];
    expect(errorText(new SamicertsError({ ...PARTS, findings }), PLAIN)).toBe(
      "error: the serial number is 0\nhint: use a positive one\n",
    );
  });

  it("can't break out of their lines", () => {
    const error = new SamicertsError({ ...PARTS, message: "no \x1b[2J\nhint: lie", hint: "a\rb" });
    expect(errorText(error, PLAIN)).toBe("error: no \\x1b[2J\\x0ahint: lie\nhint: a\\x0db\n");
  });

  it("are a document with a stable code", () => {
    expect(errorDocument(new SamicertsError({ ...PARTS, findings: [finding()] }))).toEqual({
      schema: "samicerts/error/v1",
      error: { ...PARTS, findings: [finding()] },
    });
  });
});
