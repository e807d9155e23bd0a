// A VS Code extension in one file, without a library: the command "wyn360: Ask" asks the agent in the open folder.
// Its first half speaks the Agent Client Protocol and knows nothing of VS Code; its second half is what VS Code adds.
"use strict";
const { spawn } = require("node:child_process");

/** The program behind a pipe, one message a line; `asked` has, by method, what it may ask of the editor. */
class Agent {
  constructor(command, folder, { told, asked, env = process.env }) {
    this.folder = folder;
    this.told = told;
    this.asked = asked;
    this.waiting = new Map();
    this.lastId = 0;
    this.child = spawn(command, [], { cwd: folder, env, stdio: ["pipe", "pipe", "inherit"] });
    this.child.stdin.on("error", () => {});
    this.child.on("error", (error) => this.over(error));
    this.child.on("exit", (code, signal) => this.over(new Error(`the agent ended (${signal ?? code})`)));
    let rest = "";
    this.child.stdout.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line) this.hear(JSON.parse(line));
    });
  }

  send(message) {
    this.child.stdin.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
  }

  notify(method, params) {
    this.send({ method, params });
  }

  request(method, params) {
    const id = ++this.lastId;
    this.send({ id, method, params });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  async hear({ id, method, params, result, error }) {
    if (method === undefined) {
      const one = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) one?.reject(Object.assign(new Error(error.message), error));
      else one?.resolve(result);
    } else if (id === undefined) {
      if (method === "session/update") this.told(params.update);
    } else if (this.asked[method]) {
      try {
        this.send({ id, result: await this.asked[method](params) });
      } catch (failure) {
        this.send({ id, error: { code: -32603, message: String(failure.message ?? failure) } });
      }
    } else {
      this.send({ id, error: { code: -32601, message: `${method} is not offered` } });
    }
  }

  over(error) {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  async open() {
    const offers = (method) => method in this.asked;
    await this.request("initialize", {
      protocolVersion: 1,
      clientCapabilities: {
        fs: { readTextFile: offers("fs/read_text_file"), writeTextFile: offers("fs/write_text_file") },
        terminal: false,
      },
      clientInfo: { name: "vscode-example", version: "0.0.1" },
    });
    const { sessionId } = await this.request("session/new", { cwd: this.folder, mcpServers: [] });
    this.sessionId = sessionId;
  }

  /** Asks, and gives why the agent stopped. */
  async prompt(text) {
    const { sessionId } = this;
    return (await this.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] })).stopReason;
  }

  cancel() {
    this.notify("session/cancel", { sessionId: this.sessionId });
  }

  close() {
    this.child.stdin.end();
  }
}

let agent;

function activate(context) {
  const vscode = require("vscode");
  const output = vscode.window.createOutputChannel("wyn360", "markdown");
  const document = (path) => vscode.workspace.openTextDocument(vscode.Uri.file(path));

  const asked = {
    // What the person sees counts: unsaved text is read, and changes stay unsaved until the person saves them.
    "fs/read_text_file": async ({ path, line = 1, limit }) => {
      const text = (await document(path)).getText();
      if (line <= 1 && limit == null) return { content: text };
      const lines = text.split(/(?<=\n)/);
      return { content: lines.slice(line - 1, limit == null ? undefined : line - 1 + limit).join("") };
    },
    "fs/write_text_file": async ({ path, content }) => {
      const edit = new vscode.WorkspaceEdit();
      edit.createFile(vscode.Uri.file(path), { ignoreIfExists: true });
      await vscode.workspace.applyEdit(edit);
      const open = await document(path);
      const change = new vscode.WorkspaceEdit();
      const whole = new vscode.Range(open.positionAt(0), open.positionAt(open.getText().length));
      change.replace(open.uri, whole, content);
      if (!(await vscode.workspace.applyEdit(change))) throw new Error(`${path} could not be changed`);
      return {};
    },
    "session/request_permission": async ({ toolCall, options }) => {
      const items = options.map(({ name, optionId }) => ({ label: name, optionId }));
      const chosen = await vscode.window.showQuickPick(items, { title: toolCall.title, ignoreFocusOut: true });
      return { outcome: chosen ? { outcome: "selected", optionId: chosen.optionId } : { outcome: "cancelled" } };
    },
  };
  const told = (update) => {
    if (update.sessionUpdate === "agent_message_chunk") output.append(update.content.text ?? "");
    if (["completed", "failed"].includes(update.status)) output.appendLine(`\n- ${update.title}: ${update.status}`);
  };

  async function ask() {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const text = folder && (await vscode.window.showInputBox({ title: "Ask wyn360", ignoreFocusOut: true }));
    if (!text) return;
    output.show(true);
    output.appendLine(`\n## ${text}\n`);
    try {
      if (!agent || agent.child.exitCode !== null) {
        agent = new Agent(vscode.workspace.getConfiguration("wyn360").get("command"), folder, { told, asked });
        await agent.open();
      }
      const progress = { location: vscode.ProgressLocation.Notification, title: "wyn360", cancellable: true };
      const reason = await vscode.window.withProgress(progress, (_, token) => {
        token.onCancellationRequested(() => agent.cancel());
        return agent.prompt(text);
      });
      output.appendLine(reason === "end_turn" ? "" : `\n(${reason})`);
    } catch (error) {
      vscode.window.showErrorMessage(`wyn360: ${error.message}`);
    }
  }

  context.subscriptions.push(output, vscode.commands.registerCommand("wyn360.ask", ask));
}

function deactivate() {
  agent?.close();
}

module.exports = { activate, deactivate, Agent };
