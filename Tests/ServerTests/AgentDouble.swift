import Protocol
import Providers
import Server

extension Agent {
  /// An agent without tools, in an empty place that nobody changes.
  static func idle(sessions: Sessions, providers: ProviderSet, time: TimeSource) -> Agent {
    let nowhere = FileSource(read: { _ in nil }, replace: { _, _ in })
    return Agent(
      toolbox: Toolbox([]), clientTools: ClientTools(.nobody, own: []),
      desk: PermissionDesk(asker: NobodyToAsk(), mode: .ask, grant: nil, time: time),
      models: Models(sessions: sessions, providers: providers),
      place: Agent.Place(
        folder: "/", operatingSystem: "Test", files: nowhere, links: LinkResolver { $0 }))
  }
}

/// Nobody who could be asked.
struct NobodyToAsk: PermissionAsking {
  var canAsk: Bool { false }
  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: Run) async {}
  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: Run) {}
}
