import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport

extension Engine {
  /// An engine without tools, in an empty place that nobody changes.
  static func idle(sessions: Sessions, providers: ProviderSet, time: TimeSource) -> Engine {
    Engine(
      providers: providers, tools: ToolSources([]),
      desk: PermissionDesk(asker: NobodyToAsk(), mode: .ask, grant: nil, time: time), servers: .none(time),
      place: .nowhere("/"), time: time)
  }

  /// An engine with tools that read and write, in a folder, and a person to ask.
  static func walking(
    in folder: TemporaryFolder, _ person: WalkingPerson, sessions: Sessions, providers: ProviderSet, time: TimeSource
  ) -> Engine {
    // Each tool is in each request and is weighed there: few of them let the walks go far.
    let files = FileSource(read: { _ in nil }, replace: { _, _ in })
    let commands = CommandSettings(environment: CommandEnvironment([:]), time: time)
    let few = SomeTools(
      of: Toolbox.standard(commands: commands, files: files), names: ["read_file", "write_file", "update_plan"])
    let auth = Auth([], active: .anthropic, sink: SilentSink(), time: time)
    let models = Models(sessions: sessions, providers: providers, auth: auth, timeouts: TimeoutsInUse()) { _ in }
    return Engine(
      providers: providers, tools: ToolSources([few, SwitchModel(sessions: sessions, models: models)]),
      desk: PermissionDesk(asker: person, mode: .ask, grant: nil, time: time), servers: .none(time),
      place: .nowhere(folder.path), time: time)
  }
}

extension MCPServers {
  /// No servers, and no way to any.
  static func none(_ time: TimeSource) -> MCPServers {
    MCPServers(
      sink: SilentSink(), log: Log(level: .off) { _ in }, time: time, variables: MCPVariables([:], secrets: [])
    ) {
      _, _, _ async throws(MCPFailure) in throw .gone("there is no way")
    }
  }
}

extension Place {
  /// A folder on a machine that has no other file.
  static func nowhere(_ folder: String) -> Place {
    Place(
      folder: folder, operatingSystem: "Test", files: FileSource(read: { _ in nil }, replace: { _, _ in }),
      links: LinkResolver { $0 })
  }
}

/// Some of a source's tools.
struct SomeTools: ToolSource {
  private let source: any ToolSource
  private let names: Set<String>

  init(of source: any ToolSource, names: Set<String>) {
    self.source = source
    self.names = names
  }

  var definitions: [ToolDefinition] { source.definitions.filter { names.contains($0.name) } }

  func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    try source.plan(request, in: setting)
  }
}

/// Nobody who could be asked.
struct NobodyToAsk: PermissionAsking {
  var canAsk: Bool { false }
  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {}
  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {}
}

/// Somebody who answers as the test decides.
final class WalkingPerson: PermissionAsking {
  private let answer = Mutex<(@Sendable (PermissionQuestion) async -> Void)?>(nil)

  var canAsk: Bool { true }

  /// Says what to do with a question.
  func whenAsked(_ body: @escaping @Sendable (PermissionQuestion) async -> Void) { answer.withLock { $0 = body } }

  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    await answer.withLock { $0 }?(question)
  }

  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {}
}
