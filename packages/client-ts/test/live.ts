// Uses the client as a site's server would: `node live.js URL KEY THREAD`. The Python test starts the server.

import assert from "node:assert/strict";

import { answer, ProblemError, replygate, type Schemas } from "@replygate/client";

const [url = "", key = "", thread = ""] = process.argv.slice(2);
const client = replygate({ url, key, firstWait: 10 });
const path = { site: "blog" };

const accepted: Schemas["AcceptedComment"] = await answer(
  client.POST("/v1/sites/{site}/comments", {
    params: { path, header: { Prefer: "wait=5" } },
    body: { thread, author: "Ada", email: "ada@example.org", content: "What a fine loaf of bread.", ip: "192.0.2.7" },
  }),
);
assert.match(accepted.receipt, /.{20}/);

const status = await answer(
  client.GET("/v1/sites/{site}/comments/{id}", {
    params: { path: { ...path, id: accepted.id }, header: { "Replygate-Receipt": accepted.receipt } },
  }),
);
assert.equal(status.content, "What a fine loaf of bread.");

const page = await answer(client.GET("/v1/sites/{site}/comments", { params: { path, query: { thread } } }));
assert.equal(page.total, page.comments.length);
assert.equal(page.comments.some(({ id }) => id === accepted.id), status.status === "published");

const { rules } = await answer(client.GET("/v1/sites/{site}/rules", { params: { path } }));
assert.ok(Array.isArray(rules));

const check = await answer(
  client.POST("/v1/sites/{site}/checks", {
    params: { path, header: { Prefer: "wait=5" } },
    body: { content: "What a fine loaf of bread.", author: "Ada", ip: "192.0.2.7" },
  }),
);
assert.ok(["ham", "unsure", "spam"].includes(check.verdict));
const feedback = { params: { path: { ...path, id: check.id } } };
const taught = await answer(client.POST("/v1/sites/{site}/checks/{id}/feedback", { ...feedback, body: { label: "ham" } }));
assert.equal(taught.label, "ham");
await answer(client.DELETE("/v1/sites/{site}/checks/{id}/feedback", feedback));

const wrong = client.POST("/v1/sites/{site}/comments", {
  params: { path },
  body: { thread: "", author: "Ada", email: "no address", content: "" },
});
await assert.rejects(answer(wrong), (error) => {
  assert.ok(error instanceof ProblemError);
  assert.deepEqual([error.status, error.type], [422, "invalid"]);
  assert.deepEqual(error.problems.map(({ field }) => field).sort(), ["content", "email", "thread"]);
  return true;
});

const denied = replygate({ url, key: "rgk_00000000_1" });
await assert.rejects(
  answer(denied.GET("/v1/sites/{site}/rules", { params: { path } })),
  (error) => error instanceof ProblemError && error.status === 401 && error.type === "sign-in-needed",
);

// The types refuse what the server would refuse.
// @ts-expect-error a field that does not exist
const unknown: Schemas["Submission"] = { thread, text: "Hello." };
// @ts-expect-error an action that does not exist
const impossible: Schemas["DecisionRequest"] = { action: "explode", version: 1 };
assert.ok(unknown && impossible);

console.log(JSON.stringify({ id: accepted.id }));
