import { Field } from "./field.tsx";
import { pageText } from "./layout.tsx";
import { sentence } from "./sentence.ts";

/** Asks for address and password; `problem` is why they are asked for again. */
export function signInPage(next: string, problem?: string): Promise<string> {
  const failed = problem !== undefined;
  const about = failed ? "problem" : undefined;
  return pageText(
    { title: "Sign in", narrow: true, failed },
    <>
      <p class="lead">Register devices, see their certificates and watch their data arrive.</p>
      {failed ? (
        <div class="notice notice-bad" role="alert" id="problem">
          <p>{sentence(problem)}</p>
        </div>
      ) : (
        ""
      )}
      <form class="card form" method="post" action="/signin">
        <input type="hidden" name="next" value={next} />
        <Field
          name="email"
          label="Address"
          describedBy={about}
          input={{ type: "text", inputmode: "email", autocomplete: "username", spellcheck: "false" }}
        />
        <Field
          name="password"
          label="Password"
          describedBy={about}
          input={{ type: "password", autocomplete: "current-password" }}
        />
        <button type="submit" class="button">
          Sign in
        </button>
      </form>
      <p class="aside">
        The sandbox showed its accounts and their passwords where it was started. To draw a new password:{" "}
        <code>samicerts sandbox account password demo@localhost --state FILE</code>
      </p>
    </>,
  );
}
