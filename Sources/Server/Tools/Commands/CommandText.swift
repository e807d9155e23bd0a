internal import OperatingSystem
internal import Protocol

/// What a model is told of a command's end.
enum CommandText {
  /// An output with notes behind it, on lines of their own.
  static func joined(_ text: String, _ notes: [String]) -> String {
    let body = text.isEmpty && notes.isEmpty ? "(no output)" : text
    let separator = body.isEmpty || body.utf8.last == Byte.newline || notes.isEmpty ? "" : "\n"
    return body + separator + notes.joined(separator: "\n")
  }

  /// What was left of a command.
  static func remarks(leftBehind: Int, isStuck: Bool) -> [String] {
    var remarks: [String] = []
    if leftBehind > 0 {
      let processes = leftBehind == 1 ? "1 process" : "\(leftBehind) processes"
      remarks.append("[\(processes) left running were ended with the command]")
    }
    if isStuck { remarks.append("[some processes could not be ended]") }
    return remarks
  }
}

extension ChildResult {
  /// What was left of a command that nobody stopped.
  var remarks: [String] { CommandText.remarks(leftBehind: end == .cancelled ? 0 : leftBehind, isStuck: isStuck) }
}

extension ChildResult.End {
  /// How a command ended, unless it was as it should.
  var remark: String? {
    switch self {
    case .exited(0): nil
    case .exited(let status): "exit status \(status)"
    case .signalled(let number): "ended by signal \(number)"
    case .timedOut: "its time was up"
    case .cancelled: "stopped"
    case .refused: "ended, as it wrote too much"
    case .unsupervised: "the command ended the process that watched over it"
    }
  }
}
