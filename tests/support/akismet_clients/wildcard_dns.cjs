// Resolves every name below `rest.example` to this machine, as a wildcard record of a name server does.
// Load it with `node --require ./wildcard_dns.cjs`.
const dns = require("node:dns");

const lookup = dns.lookup;
dns.lookup = (host, options, done) =>
  lookup(host === "rest.example" || host.endsWith(".rest.example") ? "127.0.0.1" : host, options, done);
