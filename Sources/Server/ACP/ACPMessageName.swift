internal import Protocol

/// The ids of a run's messages: one for each message of the API and kind, the same live and when it is told again.
///
/// Messages are counted as history keeps them. What a model says after a pause goes on in the message before; one that was
/// refused is not kept, and the one in its place has the same number, with a sign that tells them apart as they come.
struct ACPMessageName {
  private let run: String
  private var number = 0
  private var replaced = 0
  /// Whether a message has begun that has not ended, and whether anything of it was told.
  private var (isOpen, isTold) = (false, false)
  private var (textId, thoughtId) = ("", "")

  /// The messages of that run, none of which has come; without one, of none.
  init(of run: String = "") {
    self.run = run
    name()
  }

  private mutating func name() {
    textId = "\(run)-\(number)" + String(repeating: "'", count: replaced)
    thoughtId = textId + "-thought"
  }

  /// A message begins.
  mutating func begin() {
    // What broke off was kept.
    if isOpen, isTold { number += 1 }
    (isOpen, isTold) = (true, false)
    name()
  }

  /// What has begun to come is asked for again.
  mutating func isDropped() { isOpen = false }

  /// The message has ended, for a reason in the API's word.
  mutating func end(because reason: String?) {
    isOpen = false
    switch reason {
    case "pause_turn": break
    case "refusal": replaced += 1
    default: (number, replaced) = (number + 1, 0)
    }
  }

  /// The id of what the message says.
  mutating func text() -> String {
    isTold = true
    return textId
  }

  /// The id of what the model thinks in it.
  mutating func thought() -> String {
    isTold = true
    return thoughtId
  }
}
