/// The limits of what a model has done by helpers, each with its reason.
package enum DelegationLimits {
  /// Helpers of a run at the same time: each holds a connection, and services limit how many go on.
  package static let atOnceMax = 4
  /// Times that one asks the model: what needs more is no part of a task.
  package static let turnsMax = 30
}
