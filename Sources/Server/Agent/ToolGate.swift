package import Protocol

/// Something that a tool call must pass before it is done: hooks of a person's, rules and questions.
package protocol ToolGate: Sendable {
  /// Decides on a call; may ask somebody, and wait.
  func judge(_ call: GatedCall, of run: Run) async -> GateVerdict
  /// Whether an input that a person has put in the place of the model's is forbidden all the same; the reason, for the
  /// model.
  ///
  /// What a person wrote is theirs to permit, so nobody is asked again.
  func refusal(ofEdited call: GatedCall, of run: Run) async -> String?
}

/// What a gate says.
package enum GateVerdict: Hashable, Sendable {
  /// It may happen, with another input if a person edited it.
  case go(updatedInput: JSON?)
  /// It may, with another input if there is one; a person is asked where there is a question, and the model reads the words.
  case told(updatedInput: JSON?, question: String?, words: [String])
  /// It may not; the text is for the model.
  case no(String)
}

/// A call at a gate.
package struct GatedCall: Sendable {
  /// The call, for people.
  package var info: ToolCallInfo
  /// What it would do, in the words of permissions.
  package var subject: PermissionSubject
  /// The workspace's folder, absolute and without links.
  package var workspace: String
  /// The diff that it would make, which is wanted only when somebody is asked.
  package var preview: @Sendable () async -> String?
  /// Why a person is to be asked, whatever would permit it; `nil` where nothing else wants that.
  package var question: String?
}
