import type { Html } from "./html.ts";

/** A long text without blanks, such as a DN or a path: where a line is too short for it, it goes on before a `/` or `,`. */
export function Breakable({ text }: { text: string }): Html {
  const [first, ...rest] = text.split(/(?=[/,])/);
  return (
    <bdi>
      {first}
      {rest.map((each) => (
        <>
          <wbr />
          {each}
        </>
      ))}
    </bdi>
  );
}
