package import OperatingSystem
package import Protocol
package import Server

/// A server of the Model Context Protocol written for a shell: it notes what it is sent, and answers by cases.
///
/// A case is a pattern of a line and commands, as `case` has them. They have the request's `$id`, `answer RESULT`,
/// `refuse ERROR` and `say LINE`; what no case takes is answered by a plain server's cases. Each run has a folder of its own
/// as working directory.
package final class MCPShellServer: Sendable {
  /// Where it runs, and what it leaves there: `sent`, the lines that it read, and `runs`, a line for each start.
  package let folder: TemporaryFolder
  private let path: String

  /// A server with these cases before the plain ones; `first` is done before it reads.
  package init(_ cases: String = "", first: String = "") throws {
    folder = try TemporaryFolder()
    path = try folder.write(
      "server",
      """
      #!/bin/sh
      answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$1"; }
      refuse() { printf '{"jsonrpc":"2.0","id":%s,"error":%s}\\n' "$id" "$1"; }
      say() { printf '%s\\n' "$1"; }
      text() { answer "{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"$1\\"}]}"; }
      info='"capabilities":{"tools":{"listChanged":true},"resources":{},"prompts":{}},"serverInfo":{"name":"shell","version":"7"}'
      modern='"resultType":"complete"'
      echo "$$" >>runs
      run=$(wc -l <runs)
      \(first)
      while IFS= read -r line; do
        printf '%s\\n' "$line" >>sent
        id=${line#*\\"id\\":}; id=${id%%[,\\}]*}
        case $line in
          \(cases)
          *'"method":"initialize"'*) answer "{\\"protocolVersion\\":\\"2025-11-25\\",$info}" ;;
          *'"method":"tools/list"'*) answer '{"tools":[{"name":"echo","inputSchema":{"type":"object"}}]}' ;;
          *'"method":"tools/call"'*) text called ;;
          *'"method":"notifications/'*) ;;
          *) refuse '{"code":-32601,"message":"no such method"}' ;;
        esac
      done
      """, mode: 0o755)
  }

  /// It as settings have it, with these variables of its own.
  package func settings(
    era: MCPServerSettings.Era = .automatic, _ environment: [MCPServerSettings.Variable] = []
  ) -> MCPServerSettings {
    var settings = MCPServerSettings(
      name: "shell", way: .command(path, arguments: [], environment: environment), source: .session)
    settings.era = era
    return settings
  }

  /// How it is started; `inherited` are the variables of the program that starts it.
  package func order(
    _ environment: [MCPServerSettings.Variable] = [], inherited: [String: String] = ["PATH": "/usr/bin:/bin"]
  ) -> StdioOrder {
    // The shell reads it: a file that was written just now may still be open in a child of another test, and is not run.
    StdioOrder(
      "shell", "/bin/sh", arguments: [path], environment: environment, folder: folder.path, inherited: inherited)
  }

  /// What opens a way to it; the clock decides how long calls take.
  package func open(_ time: TimeSource, limits: StdioTransport.Limits = .init(), log: Log? = nil) -> MCPServer.Open {
    { [self] inbox async throws(MCPFailure) in
      try StdioTransport.open(order(), inbox: inbox, time: time, log: log ?? Log(level: .off) { _ in }, limits: limits)
    }
  }

  /// The lines that it read, as values.
  package var sent: [JSON] { lines("sent").compactMap { try? JSON.parse($0) } }

  /// What it was asked, in order.
  package var methods: [String] { sent.compactMap { $0["method"]?.string } }

  /// How often it was started.
  package var runs: Int { lines("runs").count }

  /// Which of the processes that are noted in `runs` have not ended.
  package var left: [String] {
    lines("runs").filter { line in Int32(line).map { !ProcessState.isGone($0) } ?? true }
  }

  /// The lines of a file that it wrote.
  package func lines(_ name: String) -> [String] {
    (folder.text(name) ?? "").split(separator: "\n").map(String.init)
  }

  /// Waits until it has read a message with that text in it.
  package func hasRead(_ text: String) async throws {
    try await HangGuard.wait { lines("sent").contains { $0.contains(text) } }
  }

  /// What is wrong with what one run of it was sent, by the protocol's rules.
  package var faults: [String] {
    var (faults, ids, isModern, isReady): ([String], Set<Int>, Bool, Bool) = ([], [], false, false)
    for message in sent {
      let (method, params) = (message["method"]?.string, message["params"])
      if message["jsonrpc"] != "2.0" { faults.append("no version: \(message.text)") }
      guard let method else { continue }
      if params?.object == nil { faults.append("\(method) has no params") }
      guard let id = message["id"] else {
        if method == "notifications/initialized" { isReady = true }
        continue
      }
      // Requests that are made at the same time may be written in any order.
      if id.int.map({ $0 > 0 && ids.insert($0).inserted }) != true {
        faults.append("the id \(id.text) is none, or stood before")
      }
      if method == "server/discover" { isModern = true }
      guard method != "initialize" else { continue }
      let names = [MCPMeta.protocolVersion, MCPMeta.clientInfo, MCPMeta.clientCapabilities]
      let meta = params?["_meta"]
      if isModern, names.contains(where: { meta?[$0] == nil }) { faults.append("\(method) does not say who asks") }
      if !isModern, names.contains(where: { meta?[$0] != nil }) { faults.append("\(method) speaks of another era") }
      if !isModern, !isReady { faults.append("\(method) came before notifications/initialized") }
      if let token = meta?["progressToken"], token != id { faults.append("\(method) has another's token") }
    }
    return faults
  }
}
