internal import Protocol

/// Options that contradict each other, or what is to be done: each pair is refused by its names.
struct ContradictingOptions {
  let options: Options

  /// Checks them together, once all are read.
  func check() throws(Options.UsageError) {
    guard !options.given.isEmpty else { return }
    do { try options.timeouts.check { OptionTable.ofTimeout[$0] ?? $0 } } catch {
      throw Options.UsageError(message: error.message)
    }
    try exclude("--record", "--replay", "writes what a service answers, and --replay asks none")
    try exclude("--anthropic", "--bedrock", "asks the Anthropic API, and --bedrock AWS Bedrock")
    try exclude("--session", "--continue", "names a session, and --continue takes the last one")
    try exclude("--add-dir", "--session", "is for a session that begins, and --session goes on with one")
    try exclude("--add-dir", "--continue", "is for a session that begins, and --continue goes on with one")
    try checkStdin()
    for option in options.given { try checkUse(of: option.name) }
  }

  private func has(_ name: String) -> Bool { options.given.contains { $0.name == name } }

  private func exclude(_ one: String, _ other: String, _ why: String) throws(Options.UsageError) {
    guard has(one), has(other) else { return }
    throw Options.UsageError(message: "\(one) \(why); give one of them")
  }

  /// What would read stdin, by its name; there is one stdin.
  private var readers: [String] {
    var readers: [String] = []
    switch options.mode {
    case .ask(_, readsInput: true), .call(_, params: "-"): readers.append("-")
    default: break
    }
    readers += options.attached.filter(\.isStdin).map { "\($0.option) -" }
    if options.outputSchema == "-" { readers.append("--output-schema -") }
    return readers
  }

  private func checkStdin() throws(Options.UsageError) {
    let readers = readers
    guard let first = readers.first else { return }
    if !options.readsStdin {
      throw Options.UsageError(message: "\(first) reads stdin, and --no-stdin does not; give one of them")
    }
    guard readers.count > 1 else { return }
    throw Options.UsageError(message: "\(first) and \(readers[1]) would both read stdin; give one of them a file")
  }

  /// Whether an option says something of what is to be done, so that none is passed over in silence.
  private func checkUse(of name: String) throws(Options.UsageError) {
    guard let option = OptionTable.named(name), let use = OptionUse(options.mode), !option.uses.contains(use) else {
      return
    }
    let hint =
      use == .serve && option.uses.contains(.ask) ? "; give a prompt, or - to read it from stdin" : ""
    throw Options.UsageError(message: "\(name) is for \(OptionUse.words(option.uses)), and not for \(use.words)\(hint)")
  }

  /// Whether one of the options has stdin, so that the prompt has not.
  var leaveStdin: Bool { !options.readsStdin || readers.contains { $0 != "-" } }
}
