package import Protocol
internal import Providers
internal import Synchronization

/// How one dialect turns what the engine says and asks into its wire.
///
/// A dialect's messages come in by its ``Reception``; what goes out goes by its face.
package struct Face: Sendable {
  /// Where events go.
  package var events: any EventSink
  /// Who is asked for permissions.
  package var permissions: any PermissionAsking
  /// Who runs tools that are not ours.
  package var tools: any ToolCalling
  /// Who is asked for credentials.
  package var credentials: any CredentialAsking
  /// Who asks the person.
  package var person: any PersonAsking = NoClient()
  /// Who has the files open.
  package var files: any EditorFiles = NoClient()
  /// Who knows what is wrong in files.
  package var diagnostics: any EditorDiagnostics = NoClient()
  /// Who shows commands in terminals.
  package var terminals: any CommandTerminals = NoClient()

  /// A face of these parts.
  package init(
    events: any EventSink, permissions: any PermissionAsking, tools: any ToolCalling,
    credentials: any CredentialAsking
  ) {
    self.events = events
    self.permissions = permissions
    self.tools = tools
    self.credentials = credentials
  }
}

/// The face that the client's first message chose, for an engine that is built before anything comes.
package final class ChosenFace: EventSink, PermissionAsking, ToolCalling, CredentialAsking, PersonAsking, EditorFiles,
  CommandTerminals, EditorDiagnostics
{
  private let faces: [Dialect: Face]
  private let chosen: Mutex<Face>

  /// The faces there are; until one is chosen, the first is spoken to.
  package init(_ first: Face, others: [Dialect: Face] = [:]) {
    faces = others
    chosen = Mutex(first)
  }

  /// From now on that dialect's face is spoken to.
  package func use(_ dialect: Dialect) {
    guard let face = faces[dialect] else { return }
    chosen.withLock { $0 = face }
  }

  private var face: Face { chosen.withLock(\.self) }

  package func send(_ batch: [SessionEvent]) { face.events.send(batch) }

  package func tell(_ event: ServerEvent) { face.events.tell(event) }

  package var isBehind: Bool { face.events.isBehind }

  package func room() async { await face.events.room() }

  package var canAsk: Bool { face.permissions.canAsk }

  package func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    await face.permissions.ask(question, about: call, of: run)
  }

  package func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {
    face.permissions.tell(outcome, of: call, in: run)
  }

  package func call(_ call: ToolCall) async throws(Failure) -> ToolCall.Response {
    try await face.tools.call(call)
  }

  package var canAskForCredentials: Bool { face.credentials.canAskForCredentials }

  package func ask(_ request: AuthCredentials) async throws(Failure) -> AuthCredentials.Response {
    try await face.credentials.ask(request)
  }

  package var canAskPerson: Bool { face.person.canAskPerson }

  package func ask(_ question: PersonQuestion) async -> PersonAnswer { await face.person.ask(question) }

  package var tellsDiagnostics: Bool { face.diagnostics.tellsDiagnostics }

  package func diagnostics(_ request: DiagnosticsRequest) async throws(Failure) -> DiagnosticsRequest.Response {
    try await face.diagnostics.diagnostics(request)
  }

  package func offer(to sessionId: String) -> EditorOffer { face.files.offer(to: sessionId) }

  package func text(of path: String, for sessionId: String) async throws(EditorFailure) -> String {
    try await face.files.text(of: path, for: sessionId)
  }

  package func put(_ text: String, in path: String, for sessionId: String) async throws(EditorFailure) {
    try await face.files.put(text, in: path, for: sessionId)
  }

  package func open(_ order: TerminalOrder, for call: CommandCall) async -> (any CommandTerminal)? {
    await face.terminals.open(order, for: call)
  }

  package func giveUpTerminals() { face.terminals.giveUpTerminals() }

  package func ended(_ call: CommandCall, status: Int?, signal: Int?) {
    face.terminals.ended(call, status: status, signal: signal)
  }
}
