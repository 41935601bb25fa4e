// Ask Replygate with the client `akismet-api`: `node akismet_api.cjs PROTOCOL HOST KEY TEXT [ENDPOINT]`.
const { AkismetClient } = require("akismet-api");

const [protocol, host, key, content, endpoint] = process.argv.slice(2);
const client = new AkismetClient({ protocol, host, key, blog: "https://blog.example", charset: "UTF-8" });
if (endpoint) client.endpoint = endpoint;

const comment = {
  ip: "203.0.113.9",
  useragent: "Mozilla/5.0",
  name: "Ada",
  email: "ada@mail.example",
  content,
  permalink: "https://blog.example/pier",
};

(async () => {
  const found = {
    valid: await client.verifyKey(),
    ham: await client.checkSpam(comment),
    spam: await client.checkSpam({ ...comment, name: "viagra-test-123" }),
    honeypot: await client.checkSpam({ ...comment, honeypot: "555 0100" }),
    administrator: await client.checkSpam({ ...comment, content: "pills-casino", role: "administrator" }),
    submitted: [(await client.submitSpam(comment)).text, (await client.submitHam(comment)).text],
  };
  const wrong = new AkismetClient({ protocol, host, key: "0123456789ab", blog: "https://blog.example" });
  found.wrong = await wrong.verifyKey();
  console.log(JSON.stringify(found));
})();
