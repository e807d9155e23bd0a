internal import Providers

/// What helps when a conversation as it stands is refused, for a person; each names the method.
enum NextStep: String {
  case goBack = "session/rewind takes the session back to before what was refused"
  case shorter = "session/rewind takes the session back to before what is too long; session/new begins anew"
}

extension ProviderError {
  /// The same, with the step that helps where it names none.
  func helped(by step: NextStep) -> ProviderError {
    var helped = self
    helped.hint = helped.hint.map { "\($0); \(step.rawValue)" } ?? step.rawValue
    return helped
  }
}
