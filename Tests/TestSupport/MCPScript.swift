internal import Foundation
package import Protocol

/// A real MCP server: a program of the standard library of Python that does what its script says, and writes down what it
/// was told.
package final class MCPScript: Sendable {
  private let folder: TemporaryFolder

  /// Writes the program.
  package init() throws {
    folder = try TemporaryFolder()
    try folder.write("server.py", Self.program)
  }

  /// The server as `.mcp.json` and `initialize` name it.
  ///
  /// `script` has `tools`, as `tools/list` gives them; `results` by tool, as `tools/call` gives them (`error` is an error);
  /// `does` by tool: `echo`, `ask` (the person), `long`, `exit`, `progress`, `grow` (adds the tools `more`, and tells); and what `initialize` says.
  package func entry(_ script: JSONObject, log: String = "log", env: JSONObject = [:]) -> JSON {
    var script = script
    script["log"] = .string("\(folder.path)/\(log)")
    return [
      "command": "python3", "args": ["-S", .string("\(folder.path)/server.py"), .string(JSON.object(script).text)],
      "env": .object(env),
    ]
  }

  /// The same as clients of the Agent Client Protocol name it.
  package func acpEntry(_ name: String, _ script: JSONObject, env: JSONObject = [:]) -> JSON {
    var entry = entry(script).object ?? JSONObject()
    entry["name"] = .string(name)
    entry["env"] = .array(env.map { ["name": .string($0.key), "value": $0.value] })
    return .object(entry)
  }

  /// What a server of that log was told, and at its end `end`.
  package func messages(_ log: String = "log") -> [JSON] {
    (folder.text(log) ?? "").split(separator: "\n").compactMap { try? JSON.parse(Array($0.utf8)) }
  }

  /// A tool that takes anything.
  package static func tool(_ name: String, _ description: String = "Does it.", more: JSONObject = [:]) -> JSON {
    var tool = more
    tool["name"] = .string(name)
    tool["description"] = .string(description)
    if tool["inputSchema"] == nil { tool["inputSchema"] = ["type": "object"] }
    return .object(tool)
  }

  private static let program = #"""
    import json, os, sys
    script = json.loads(sys.argv[1])
    tools, logged = script.get("tools", []), open(script["log"], "a")
    def log(value): logged.write(json.dumps(value) + "\n"); logged.flush()
    def send(message): sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n"); sys.stdout.flush()
    log({"environment": dict(os.environ), "folder": os.getcwd()})
    if "startError" in script: sys.stderr.write(script["startError"] + "\n"); sys.exit(3)
    def call(id, params):
        global tools
        name, arguments = params["name"], params.get("arguments")
        does = script.get("does", {}).get(name)
        if does == "echo": return send({"id": id, "result": {"content": [{"type": "text", "text": json.dumps(arguments, sort_keys=True)}]}})
        if does == "long": return send({"id": id, "result": {"content": [{"type": "text", "text": "0123456789abcdef\n" * 8000}]}})
        if does == "ask":
            send({"id": 0, "method": "elicitation/create", "params": {"message": "Which one?", "requestedSchema": {"type": "object", "properties": {"repo": {"type": "string"}}, "required": ["repo"]}}})
            return send({"id": id, "result": {"content": [{"type": "text", "text": json.dumps(json.loads(sys.stdin.readline())["result"], sort_keys=True)}]}})
        if does == "exit": sys.stderr.write("it fell over\n"); sys.exit(3)
        if does == "progress":
            token = params["_meta"]["progressToken"]
            for step in range(1, 4):
                send({"method": "notifications/progress", "params": {"progressToken": token, "progress": step, "total": 3, "message": "step %d" % step}})
        if does == "grow":
            tools = tools + script["more"]
            send({"method": "notifications/tools/list_changed"})
        if does == "shrink":
            tools = [tool for tool in tools if tool["name"] == name]
            send({"method": "notifications/tools/list_changed"})
        result = script.get("results", {}).get(name, {"content": [{"type": "text", "text": "done"}]})
        if "error" in result: send({"id": id, "error": result["error"]})
        else: send({"id": id, "result": result})
    for line in sys.stdin:
        message = json.loads(line)
        log(message)
        id, method, params = message.get("id"), message.get("method"), message.get("params", {})
        if method == "initialize":
            send({"id": id, "result": {"protocolVersion": "2025-11-25", "capabilities": script.get("capabilities", {"tools": {}}),
                                       "serverInfo": {"name": "script", "version": "1"}, **({"instructions": script["instructions"]} if "instructions" in script else {})}})
        elif method == "tools/list":
            if script.get("asksRoots"): send({"id": "roots", "method": "roots/list"})
            send({"id": id, "result": {"tools": tools}})
        elif method == "tools/call": call(id, params)
        elif method == "resources/list": send({"id": id, "result": {"resources": script.get("resources", [])}})
        elif method == "resources/templates/list": send({"id": id, "result": {"resourceTemplates": []}})
        elif method == "resources/read": send({"id": id, "result": {"contents": script["contents"].get(params["uri"], [])}})
        elif method == "prompts/list": send({"id": id, "result": {"prompts": script.get("prompts", [])}})
        elif method == "prompts/get": send({"id": id, "result": script["filled"][params["name"]]})
        elif id is not None and method: send({"id": id, "error": {"code": -32601, "message": "no " + method}})
    log({"end": True})
    """#
}
