import { createRoot, issueDevice, SamicertsError, verify } from "samicerts";

const root = createRoot({ dir: "vendor", subject: "/C=US/O=MyOrg/CN=MyDevAuthority" });

try {
  const device = issueDevice({ dir: "vendor", serial: "100000001", name: "MyAwesomeDevice" });
  const [verdict] = verify({ certificates: device.pem, roots: [root.pem] });
  console.log(device.paths.certificate, verdict?.verdict);
} catch (error) {
  if (!(error instanceof SamicertsError)) throw error;
  console.error(error.code, error.message, error.hint, error.findings);
}
