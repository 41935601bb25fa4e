// Ask Replygate with the client `@cedx/akismet`: `node cedx_akismet.mjs SERVER KEY`.
import { Author, Blog, CheckResult, Client, Comment } from "@cedx/akismet";

const [server, key] = process.argv.slice(2);
const blog = new Blog({ charset: "UTF-8", languages: ["en"], url: "https://blog.example" });
const client = new Client(key, blog, { baseUrl: server });

const author = { email: "ada@mail.example", ipAddress: "203.0.113.9", name: "Ada", userAgent: "Mozilla/5.0" };
const comment = (of, more = {}) =>
  new Comment({
    author: new Author({ ...author, ...of }),
    content: "The ferry timetable of the summer is useful, and the map shows the way from the station.",
    context: ["piers", "lights"],
    date: new Date(),
    permalink: "https://blog.example/pier",
    ...more,
  });

const TEST = "We took the early boat with the children, and they still talk about the seals.";
const name = (result) => Object.entries(CheckResult).find(([, value]) => value === result)[0];
const found = {
  valid: await client.verifyKey(),
  ham: name(await client.checkComment(comment({}))),
  spam: name(await client.checkComment(comment({ name: "akismet-guaranteed-spam" }))),
  discard: name(await client.checkComment(comment({ name: "akismet-guaranteed-discard" }))),
  review: name(await client.checkComment(comment({}, { content: "Does anybody know the harbour times?" }))),
  test: name(await new Client(key, blog, { baseUrl: server, isTest: true }).checkComment(comment({}, { content: TEST }))),
};
await client.submitSpam(comment({}));
await client.submitHam(comment({}));
found.wrong = await new Client("0123456789ab", blog, { baseUrl: server }).verifyKey();
console.log(JSON.stringify(found));
