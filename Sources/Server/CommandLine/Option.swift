/// One option of the command line: all that is known of it, for the parser, the help, the manual and completions.
package struct Option: Sendable {
  typealias Take = @Sendable (inout Options, String) throws(Options.UsageError) -> Void

  /// Its name, with its dashes.
  package let name: String
  /// Its name of one letter.
  package var short: String?
  /// Where it stands.
  let group: OptionGroup
  /// What its value looks like; ``OptionShape/none`` where it takes none.
  package let shape: OptionShape
  /// What comes of giving it, for people.
  let does: String
  /// The variable that says the same, and that it goes before.
  var variable: String?
  /// What it can say something of.
  package var uses = OptionUse.all
  /// Whether each value is one more, instead of the last one counting.
  package var addsUp = false
  /// Takes a value over.
  let take: Take

  init(
    _ name: String, _ group: OptionGroup, _ shape: OptionShape = .none, _ does: String, take: @escaping Take
  ) {
    (self.name, self.group, self.shape, self.does, self.take) = (name, group, shape, does, take)
  }

  /// The same option for these uses alone.
  func only(_ uses: OptionUse) -> Option { with { $0.uses = uses } }

  /// The same option with a name of one letter.
  func or(_ short: String) -> Option { with { $0.short = short } }

  /// The same option, which goes before a variable.
  func before(_ variable: String) -> Option { with { $0.variable = variable } }

  /// The same option, each value of which is one more.
  var addingUp: Option { with { $0.addsUp = true } }

  private func with(_ change: (inout Option) -> Void) -> Option {
    var option = self
    change(&option)
    return option
  }
}

// MARK: - Options by what they take

extension Option {
  /// One that takes no value.
  static func flag(
    _ name: String, _ group: OptionGroup, _ does: String, set: @escaping @Sendable (inout Options) -> Void
  ) -> Option {
    Option(name, group, .none, does) { options, _ in set(&options) }
  }

  /// One that takes any words.
  static func text(
    _ name: String, _ group: OptionGroup, _ shape: OptionShape, _ does: String,
    set: @escaping @Sendable (inout Options, String) -> Void
  ) -> Option {
    Option(name, group, shape, does) { options, value in set(&options, value) }
  }

  /// One that takes the path of something.
  static func path(
    _ name: String, _ group: OptionGroup, _ shape: OptionShape, _ does: String,
    set: @escaping @Sendable (inout Options, String) -> Void
  ) -> Option {
    Option(name, group, shape, does) { options, value throws(Options.UsageError) in
      guard !value.isEmpty, !value.utf8.contains(0) else {
        throw Options.UsageError(message: "\(name) needs a path; '' is none")
      }
      set(&options, value)
    }
  }

  /// One that takes one of the words of a type.
  static func choice<Value: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, _ group: OptionGroup, _ does: String,
    set: @escaping @Sendable (inout Options, Value) -> Void
  ) -> Option {
    let words = Value.allCases.map(\.rawValue)
    return Option(name, group, .words(words), does) { options, value throws(Options.UsageError) in
      guard let choice = Value(rawValue: value) else {
        throw Options.UsageError(message: "\(name) is one of \(words.joined(separator: ", ")); '\(value)' is not")
      }
      set(&options, choice)
    }
  }

  /// One that takes a whole number.
  static func number(
    _ name: String, _ group: OptionGroup, in word: String = "N", from least: Int = 1, _ does: String,
    set: @escaping @Sendable (inout Options, Int) -> Void
  ) -> Option {
    Option(name, group, .value(word), does) { options, value throws(Options.UsageError) in
      guard let number = Int(value), (least...CommandLineLimits.numberMax).contains(number) else {
        throw Options.UsageError(message: "\(name) needs a whole number from \(least) up; '\(value)' is none")
      }
      set(&options, number)
    }
  }
}
