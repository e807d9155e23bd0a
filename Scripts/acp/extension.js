// The protocol half of the VS Code example under Node, with a map for an editor:
// `node extension.js EXTENSION FOLDER` prints what came.
"use strict";
const [extension, folder] = process.argv.slice(2);
const path = require("node:path");
const { Agent } = require(path.resolve(extension));
const notes = path.join(folder, "notes.txt");
const buffers = new Map([[notes, "first line\nsecond line, not yet saved\nthird line\n"]]);
const came = { text: "", tools: [], questions: [] };
let choice = "allow_once";

const agent = new Agent("wyn360", folder, {
  told(update) {
    if (update.sessionUpdate === "agent_message_chunk") came.text += update.content.text;
    if (["completed", "failed"].includes(update.status)) came.tools.push(update.status);
    if (came.text.includes("It begins") && !came.cancelled) {
      came.cancelled = true;
      agent.cancel();
    }
  },
  asked: {
    "fs/read_text_file": ({ path }) => {
      if (!buffers.has(path)) throw new Error("no such file");
      return { content: buffers.get(path) };
    },
    "fs/write_text_file": ({ path, content }) => {
      buffers.set(path, content);
      return {};
    },
    "session/request_permission": ({ toolCall, options }) => {
      came.questions.push(toolCall.title);
      const { optionId } = options.find(({ kind }) => kind === choice);
      return { outcome: { outcome: "selected", optionId } };
    },
  },
});

(async () => {
  await agent.open();
  came.ends = [await agent.prompt("play speech"), await agent.prompt("play editing")];
  choice = "reject_once";
  came.ends.push(await agent.prompt("play command"), await agent.prompt("play endless"));
  const wrong = { sessionId: agent.sessionId, modeId: "none" };
  came.wrong = await agent.request("session/set_mode", wrong).catch(({ code }) => code);
  came.buffer = buffers.get(notes);
  agent.close();
  agent.child.on("exit", (code) => console.log(JSON.stringify({ ...came, code })));
})();
