internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// Takes what one server says and asks of itself.
final class MCPDesk: Sendable {
  private let server: String
  /// Hides what was configured, where the server says it again.
  private let mask: SecretMask
  private let host: MCPHost
  /// The lists that changed and were not told of yet.
  private let changed = Mutex<Set<MCPList>>([])

  init(_ settings: MCPServerSettings, host: MCPHost) {
    (server, mask) = (settings.name, settings.mask)
    self.host = host
  }

  /// Takes a notification.
  func take(_ method: String, _ params: JSON?) {
    switch method {
    case "notifications/message":
      host.log.debug("MCP server \(server), \(words(params?["level"] ?? "info")): \(words(params?["data"] ?? .null))")
    default:
      guard let list = MCPList.allCases.first(where: { method == "notifications/\($0)/list_changed" }) else { return }
      change(list)
    }
  }

  private func words(_ json: JSON) -> String {
    VisibleText.line(mask.masked(json.string ?? json.text), most: MCPLimits.quotedMax)
  }

  /// Tells of a change, and of what else changes in a moment, once.
  private func change(_ list: MCPList) {
    let isFirst = changed.withLock { changed in
      defer { changed.insert(list) }
      return changed.isEmpty
    }
    guard isFirst else { return }
    Task {
      try? await host.time.sleep(MCPLimits.changePauseMs)
      let lists = changed.withLock { changed in
        defer { changed = [] }
        return changed
      }
      for list in MCPList.allCases where lists.contains(list) { host.listChanged(server, list) }
    }
  }

  /// Answers what a server asks, in either era.
  func answer(_ method: String, _ params: JSON?) async -> Result<JSON, RPCError> {
    switch method {
    case "ping": return .success([:])
    case "roots/list":
      return .success(["roots": .array(host.roots.map { ["uri": .string(Self.fileURL($0)), "name": .string($0)] })])
    case "elicitation/create":
      guard let ask = host.ask else { return Self.refusal("nobody can be asked here") }
      guard let question = MCPElicitation(params) else {
        return .failure(.invalidParams("a question has a 'mode' that is form or url, and a 'url' with the latter"))
      }
      return .success(await ask(server, question).json)
    case "sampling/createMessage": return Self.refusal("no model is lent to servers here")
    default: return Self.refusal("this client has no method '\(OneLine.of(method))'")
    }
  }

  private static func refusal(_ reason: String) -> Result<JSON, RPCError> {
    .failure(RPCError(.methodNotFound, reason))
  }

  private static func fileURL(_ path: String) -> String {
    "file://" + String(decoding: PercentEncoding.encode(path.utf8, keepingSlash: true), as: UTF8.self)
  }
}
