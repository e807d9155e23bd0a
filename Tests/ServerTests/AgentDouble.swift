import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport

extension Agent {
  /// An agent without tools, in an empty place that nobody changes.
  static func idle(sessions: Sessions, providers: ProviderSet, time: TimeSource) -> Agent {
    let nowhere = FileSource(read: { _ in nil }, replace: { _, _ in })
    return Agent(
      toolbox: Toolbox([]), clientTools: ClientTools(.nobody, own: [], time: time),
      desk: PermissionDesk(asker: NobodyToAsk(), mode: .ask, grant: nil, time: time),
      models: Models(
        sessions: sessions, providers: providers,
        auth: Auth([], active: .anthropic, sink: SilentSink(), time: time)),
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

extension Agent {
  /// An agent with tools that read and write, in a folder, and a person to ask.
  static func walking(
    in folder: TemporaryFolder, _ person: WalkingPerson, sessions: Sessions, providers: ProviderSet, time: TimeSource
  ) -> Agent {
    let nowhere = FileSource(read: { _ in nil }, replace: { _, _ in })
    let commands = CommandSettings(environment: CommandEnvironment([:]), time: time)
    // Each tool is in each request and is weighed there: few of them let the walks go far.
    let names: Set = ["read_file", "write_file", "update_plan"]
    return Agent(
      toolbox: Toolbox.standard(commands: commands).filtered(names.contains),
      clientTools: ClientTools(.nobody, own: [], time: time),
      desk: PermissionDesk(asker: person, mode: .ask, grant: nil, time: time),
      models: Models(
        sessions: sessions, providers: providers,
        auth: Auth([], active: .anthropic, sink: SilentSink(), time: time)),
      place: Agent.Place(
        folder: folder.path, operatingSystem: "Test", files: nowhere, links: LinkResolver { $0 }))
  }
}

/// Somebody who answers as the test decides.
final class WalkingPerson: PermissionAsking {
  private let answer = Mutex<(@Sendable (PermissionQuestion) async -> Void)?>(nil)

  var canAsk: Bool { true }

  /// Says what to do with a question.
  func whenAsked(_ body: @escaping @Sendable (PermissionQuestion) async -> Void) { answer.withLock { $0 = body } }

  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: Run) async {
    await answer.withLock { $0 }?(question)
  }

  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: Run) {}
}
