internal import OperatingSystem
package import Protocol
internal import Synchronization

/// A call that has been checked: what it would do, for a permission, and the doing.
package struct ToolPlan: Sendable {
  /// What the call does, in one line for people.
  package var title: String
  /// All that it would do.
  package var effects: [ToolEffect]
  /// The places it is about.
  package var locations: [ToolLocation]
  private let foreseen: (@Sendable (Cancellation) throws(ToolError) -> Foreseen)?
  private let work: Work
  private let agreed = Agreed()

  /// What the work would do to a file, and what the file is for that.
  struct Foreseen: Sendable {
    var diff: String?
    var base: FileBase
  }

  /// What a person was shown last.
  private final class Agreed: Sendable {
    let base = Mutex<FileBase?>(nil)
  }

  /// How the doing takes its time.
  private enum Work: Sendable {
    /// It holds up its thread, and looks for cancellation from time to time.
    case blocking(@Sendable (ToolContext, Cancellation) throws(ToolError) -> ToolOutcome)
    /// It waits for others, and holds up nothing.
    case waiting(@Sendable (ToolContext) async throws(ToolError) -> ToolOutcome)
  }

  /// A plan whose work blocks its thread and looks for cancellation from time to time; `foreseen` is the diff it would
  /// make now.
  init(
    title: String, effects: [ToolEffect], locations: [ToolLocation]? = nil,
    foreseen: (@Sendable (Cancellation) throws(ToolError) -> Foreseen)? = nil,
    work: @escaping @Sendable (ToolContext, Cancellation) throws(ToolError) -> ToolOutcome
  ) {
    self.title = Self.oneLine(title)
    self.effects = effects
    self.locations = locations ?? effects.compactMap(\.path).map { ToolLocation(path: $0.absolute) }
    self.foreseen = foreseen
    self.work = .blocking(work)
  }

  /// A plan whose work waits for another program.
  init(
    title: String, effects: [ToolEffect],
    waiting: @escaping @Sendable (ToolContext) async throws(ToolError) -> ToolOutcome
  ) {
    self.title = Self.oneLine(title)
    self.effects = effects
    locations = effects.compactMap(\.path).map { ToolLocation(path: $0.absolute) }
    foreseen = nil
    work = .waiting(waiting)
  }

  /// A title in which nothing hides, and which says how much more there is where it is cut.
  private static func oneLine(_ title: String) -> String {
    cut(VisibleText.line(title, most: .max), to: ToolLimits.titleMax)
  }

  /// What a title says of a text of several lines: the first that says something, and how many more there are.
  static func firstLine(of text: String) -> String {
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    let line = lines.first { !$0.allSatisfy(\.properties.isWhitespace) }.map { String($0) } ?? ""
    guard lines.count > 1 else { return line }
    // What is cut at the end must not take the count with it.
    let short = cut(VisibleText.line(line, most: .max), to: ToolLimits.titleMax - ToolLimits.titleEnd)
    return "\(short) … (\(lines.count - 1) more line\(lines.count == 2 ? "" : "s"))"
  }

  private static func cut(_ line: String, to most: Int) -> String {
    line.count > most ? "\(line.prefix(most))… (\(line.count - most) more characters)" : line
  }

  /// The unified diff that the work would make, for the person who is asked; `nil` when there is none to show.
  ///
  /// For what is outside the workspace there is none: it is not even read before it is permitted. From then on the work
  /// holds for the file as it was shown only.
  package func preview(on threads: ToolThreads = ToolThreads()) async -> String? {
    guard let foreseen, effects.allSatisfy(\.isInside) else { return nil }
    guard let shown = try? await threads.run({ cancellation throws(ToolError) in try foreseen(cancellation) }) else {
      return nil
    }
    agreed.base.withLock { $0 = shown.diff == nil ? nil : shown.base }
    return shown.diff
  }

  /// The plan in the place of another one, of which a person was shown what it would do.
  package func inPlace(of other: ToolPlan) -> ToolPlan {
    let base = other.agreed.base.withLock { $0 }
    agreed.base.withLock { $0 = base }
    return self
  }

  /// Does it, on a thread of its own where it would hold one up; cancelling the task ends it.
  ///
  /// What was found out while planning holds: the work opens the very places that the effects name, and refuses when
  /// something else stands there by then.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  package func run(_ context: ToolContext) async throws(ToolError) -> ToolOutcome {
    var context = context
    context.agreed = agreed.base.withLock { $0 }
    let told = context
    var outcome: ToolOutcome
    switch work {
    case .waiting(let work): outcome = try await work(told)
    case .blocking(let work):
      outcome = try await told.threads.run { cancellation throws(ToolError) in
        if cancellation.isCancelled { throw .cancelled }
        return try work(told, cancellation)
      }
    }
    for remark in effects.compactMap({ $0.path?.remark }) where !outcome.text.contains(remark) {
      outcome.content.append(["type": "text", "text": .string("[\(remark)]")])
    }
    return outcome
  }
}

/// What a call may do, and whom it tells.
package struct ToolContext: Sendable {
  /// Which files the work may read on its way, besides those of its effects.
  ///
  /// It is found out when it is asked for, on the tool's own thread: judging looks links up.
  package var reading: PermittedReading { reads() }
  private let reads: @Sendable () -> PermittedReading
  /// Which hosts it may ask that are not on the public network.
  package var privateHosts: PermittedReading
  /// Takes what is to be told while the tool works; called on the tool's thread, in order.
  package var report: @Sendable (ToolProgress) -> Void
  /// Keeps what is needed to undo changes.
  package var journal: FileJournal?
  /// The trace that the call belongs to, as `_meta` has it; empty where nobody named one.
  package var trace = JSONObject()
  /// Where work is done that blocks.
  package var threads: ToolThreads
  /// Who shows commands in terminals.
  package var terminals: (any CommandTerminals)?
  /// The call, for whoever shows it.
  package var call: CommandCall?
  /// Keeps long outputs of commands.
  package var outputs: CommandOutputs?
  /// The commands that go on in the background; `nil` where there can be none.
  package var background: BackgroundCommands?
  /// Knows what the session's models have seen of files; without it anything may be overwritten.
  package var seen: SeenFiles?
  /// What a person was shown that the call changes.
  var agreed: FileBase?

  /// A context.
  package init(
    reading: @autoclosure @escaping @Sendable () -> PermittedReading = .everything,
    privateHosts: PermittedReading = .nothing, journal: FileJournal? = nil, seen: SeenFiles? = nil,
    outputs: CommandOutputs? = nil, threads: ToolThreads = ToolThreads(),
    report: @escaping @Sendable (ToolProgress) -> Void = { _ in }
  ) {
    self.seen = seen
    reads = reading
    self.privateHosts = privateHosts
    self.journal = journal
    self.outputs = outputs
    self.threads = threads
    self.report = report
  }
}
