internal import OperatingSystem
package import Protocol

/// A call that has been checked: what it would do, for a permission, and the doing.
package struct ToolPlan: Sendable {
  /// What the call does, in one line for people.
  package var title: String
  /// All that it would do.
  package var effects: [ToolEffect]
  /// The places it is about.
  package var locations: [ToolLocation]
  private let foreseen: (@Sendable () throws(ToolError) -> String?)?
  private let work: Work

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
    foreseen: (@Sendable () throws(ToolError) -> String?)? = nil,
    work: @escaping @Sendable (ToolContext, Cancellation) throws(ToolError) -> ToolOutcome
  ) {
    self.title = title
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
    self.title = title
    self.effects = effects
    locations = effects.compactMap(\.path).map { ToolLocation(path: $0.absolute) }
    foreseen = nil
    work = .waiting(waiting)
  }

  /// The unified diff that the work would make, for the person who is asked; `nil` when there is none to show.
  ///
  /// For what is outside the workspace there is none: it is not even read before it is permitted.
  package func preview(on threads: ToolThreads = ToolThreads()) async -> String? {
    guard let foreseen, effects.allSatisfy(\.isInside) else { return nil }
    return try? await threads.run { _ throws(ToolError) in try foreseen() }
  }

  /// Does it, on a thread of its own where it would hold one up; cancelling the task ends it.
  ///
  /// What was found out while planning holds: the work opens the very places that the effects name, and refuses when
  /// something else stands there by then.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  package func run(_ context: ToolContext) async throws(ToolError) -> ToolOutcome {
    switch work {
    case .waiting(let work): return try await work(context)
    case .blocking(let work):
      return try await context.threads.run { cancellation throws(ToolError) in
        if cancellation.isCancelled { throw .cancelled }
        return try work(context, cancellation)
      }
    }
  }
}

/// What a call may do, and whom it tells.
package struct ToolContext: Sendable {
  /// Which files the work may read on its way, besides those of its effects.
  package var reading: PermittedReading
  /// Which hosts it may ask that are not on the public network.
  package var privateHosts: PermittedReading
  /// Takes what is to be told while the tool works; called on the tool's thread, in order.
  package var report: @Sendable (ToolProgress) -> Void
  /// Keeps what is needed to undo changes.
  package var journal: FileJournal?
  /// Where work is done that blocks.
  package var threads: ToolThreads
  /// Keeps long outputs of commands.
  package var outputs: CommandOutputs?

  /// A context.
  package init(
    reading: PermittedReading = .everything, privateHosts: PermittedReading = .nothing, journal: FileJournal? = nil,
    outputs: CommandOutputs? = nil, threads: ToolThreads = ToolThreads(),
    report: @escaping @Sendable (ToolProgress) -> Void = { _ in }
  ) {
    self.reading = reading
    self.privateHosts = privateHosts
    self.journal = journal
    self.outputs = outputs
    self.threads = threads
    self.report = report
  }
}
