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
  private let work: @Sendable (ToolContext, Cancellation) throws(ToolError) -> ToolOutcome

  /// A plan whose work blocks its thread and looks for cancellation from time to time; `foreseen` is the diff it would
  /// make now.
  init(
    title: String, effects: [ToolEffect], locations: [ToolLocation]? = nil,
    foreseen: (@Sendable () throws(ToolError) -> String?)? = nil,
    work: @escaping @Sendable (ToolContext, Cancellation) throws(ToolError) -> ToolOutcome
  ) {
    self.title = title
    self.effects = effects
    self.locations = locations ?? effects.map { ToolLocation(path: $0.path.absolute) }
    self.foreseen = foreseen
    self.work = work
  }

  /// The unified diff that the work would make, for the person who is asked; `nil` when there is none to show.
  ///
  /// For what is outside the workspace there is none: it is not even read before it is permitted.
  package func preview() async -> String? {
    guard let foreseen, effects.allSatisfy(\.isInside) else { return nil }
    return try? await ToolThread.run { _ throws(ToolError) in try foreseen() }
  }

  /// Does it, on a thread of its own; cancelling the task ends it.
  ///
  /// What was found out while planning holds: the work opens the very places that the effects name, and refuses when
  /// something else stands there by then.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  package func run(_ context: ToolContext) async throws(ToolError) -> ToolOutcome {
    if !context.allowsOutside, let outside = effects.first(where: { !$0.isInside }) {
      throw ToolError(
        .outsideWorkspace,
        "'\(outside.path.text)' is outside the workspace, and that was not permitted; use a path within it.")
    }
    let work = work
    return try await ToolThread.run { cancellation throws(ToolError) in
      if cancellation.isCancelled { throw .cancelled }
      return try work(context, cancellation)
    }
  }
}

/// What a call may do, and whom it tells.
package struct ToolContext: Sendable {
  /// Whether a person, or a rule, has permitted the effects that are outside the workspace.
  package var allowsOutside: Bool
  /// Takes what is to be told while the tool works; called on the tool's thread, in order.
  package var report: @Sendable (ToolProgress) -> Void
  /// Keeps what is needed to undo changes.
  package var journal: FileJournal?

  /// A context.
  package init(
    allowsOutside: Bool = false, journal: FileJournal? = nil,
    report: @escaping @Sendable (ToolProgress) -> Void = { _ in }
  ) {
    self.allowsOutside = allowsOutside
    self.journal = journal
    self.report = report
  }
}
