package import Protocol

/// Somebody who can be asked for a permission.
package protocol PermissionAsking: Sendable {
  /// Whether there is anybody to ask.
  var canAsk: Bool { get }
  /// Asks, and gives the answer to the question; a question that is taken back is withdrawn.
  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async
  /// Tells that a question ended without an answer.
  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName)
}
