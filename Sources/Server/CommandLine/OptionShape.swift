/// What the value of an option looks like.
package enum OptionShape: Hashable, Sendable {
  /// It takes none.
  case none
  /// One of these words.
  case words([String])
  /// Something else, by the word that stands for it.
  case value(String)
  /// A path of a file.
  case file(String)
  /// A path of a folder.
  case folder(String)
  /// Words that may say too much to be shown: a text for the model, a shell's command.
  case hidden(String)

  /// The value as the help has it; `nil` for none.
  var placeholder: String? {
    switch self {
    case .none: nil
    case .words(let words): words.joined(separator: "|")
    case .value(let word), .file(let word), .folder(let word), .hidden(let word): word
    }
  }

  /// Whether a value of it may be shown to whoever reads over a shoulder.
  var isShown: Bool { if case .hidden = self { false } else { true } }
}

/// Where an option stands in the help.
enum OptionGroup: String, CaseIterable, Sendable {
  case asking = "Asking"
  case scripts = "For scripts"
  case sessions = "Sessions that stay"
  case permissions = "What it may do"
  case answering = "Who answers"
  case serving = "Serving"
  case offline = "Without a network"
  case rest = ""
}
