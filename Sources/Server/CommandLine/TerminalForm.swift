package import Protocol

/// A form as a terminal shows it, one field after the other, and what the lines mean that are typed there.
///
/// It reads and writes nothing itself. Each row of what is not ours has a beginning of ours.
package struct TerminalForm: Sendable {
  /// What a line led to.
  package enum Reading: Hashable, Sendable {
    /// The next field is asked for.
    case next
    /// The form is filled in.
    case done(JSONObject)
    /// The person does not want to answer.
    case declined
    /// It is no answer, for that reason; ask again.
    case unclear(String)
  }

  private struct Field: Sendable {
    var name: String
    var title: String
    var kind: Kind
    var isRequired: Bool
  }

  private enum Kind: Sendable {
    case text
    case number(isWhole: Bool)
    /// One of some values, by their titles; `isMany` for as many as one likes.
    case choice([(title: String, value: JSON)], isMany: Bool)
  }

  private let question: PersonQuestion
  private let columns: Int
  private let fields: [Field]
  private var given = JSONObject()
  private var place = 0

  /// A question on a screen of so many columns; `nil` where nobody knows how many.
  package init(_ question: PersonQuestion, columns: Int?) {
    self.question = question
    self.columns = columns ?? PermissionLimits.columnsUsual
    let required = Set(question.form["required"]?.array?.compactMap(\.string) ?? [])
    fields = (question.form["properties"]?.object ?? JSONObject()).map { name, schema in
      Field(
        name: name, title: schema["title"]?.string ?? name, kind: Self.kind(of: schema),
        isRequired: required.contains(name)
      )
    }
  }

  private static func kind(of schema: JSON) -> Kind {
    switch schema["type"]?.string {
    case "boolean": .choice([("yes", true), ("no", false)], isMany: false)
    case "integer": .number(isWhole: true)
    case "number": .number(isWhole: false)
    case "array": .choice(choices(of: schema["items"] ?? .null), isMany: true)
    default: choices(of: schema).isEmpty ? .text : .choice(choices(of: schema), isMany: false)
    }
  }

  private static func choices(of schema: JSON) -> [(title: String, value: JSON)] {
    if let values = schema["enum"]?.array { return values.map { ($0.string ?? $0.text, $0) } }
    let named = schema["oneOf"]?.array ?? schema["anyOf"]?.array ?? []
    return named.compactMap { choice in
      choice["const"].map { (choice["title"]?.string ?? $0.string ?? $0.text, $0) }
    }
  }

  // MARK: Showing

  /// Who asks, and what.
  package var beginning: String {
    let asker = question.asker.map { "\(TerminalQuestion.shown($0)) asks" } ?? "the model asks"
    return text(
      TextRows.of("wyn360: \(asker):", columns: columns, first: "", next: Self.indent) + rows(question.message))
  }

  /// What is asked for now; the answer is typed behind it.
  package var asking: String {
    guard fields.indices.contains(place) else { return "" }
    let field = fields[place]
    var shown: [String] = []
    if fields.count > 1 { shown += rows(field.title) }
    var hint = field.isRequired ? "an empty line declines" : "an empty line leaves it out"
    if case .choice(let choices, let isMany) = field.kind {
      for (number, choice) in choices.enumerated() { shown += rows("\(number + 1)  \(choice.title)") }
      hint = (isMany ? "numbers, with commas; " : "1 to \(choices.count); ") + hint
    }
    return text(shown) + Self.indent + "Answer (\(hint)): "
  }

  private func rows(_ text: String) -> [String] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      TextRows.of(
        VisibleText.whole(line: line), columns: columns, first: Self.indent + "| ", next: Self.indent + ": ")
    }
  }

  private func text(_ rows: [String]) -> String { rows.map { $0 + "\n" }.joined() }

  private static let indent = "        "

  // MARK: Reading

  /// What a line means; `nil` is the end of input, which declines.
  package mutating func read(_ line: String?) -> Reading {
    guard let line, fields.indices.contains(place) else { return .declined }
    let field = fields[place]
    let answer = Trimmed.of(line)
    if answer.isEmpty {
      guard !field.isRequired else { return .declined }
    } else {
      guard let value = Self.value(of: answer, field.kind) else {
        return .unclear("'\(VisibleText.line(answer, most: PermissionLimits.answerBytesMax))' is no answer here")
      }
      given[field.name] = value
    }
    place += 1
    return place < fields.count ? .next : .done(given)
  }

  private static func value(of answer: String, _ kind: Kind) -> JSON? {
    switch kind {
    case .text: return .string(answer)
    case .number(let isWhole):
      guard let number = try? JSON.parse(answer), number.double != nil else { return nil }
      return isWhole && number.int == nil ? nil : number
    case .choice(let choices, false): return one(of: choices, answer)
    case .choice(let choices, true):
      let parts = answer.split(separator: ",").map { part in
        one(of: choices, String(part.filter { !$0.isWhitespace }))
      }
      return parts.contains(nil) ? nil : .array(parts.compactMap(\.self))
    }
  }

  /// The choice of a number or a title.
  private static func one(of choices: [(title: String, value: JSON)], _ answer: String) -> JSON? {
    if let number = Int(answer), choices.indices.contains(number - 1) { return choices[number - 1].value }
    return choices.first { $0.title.lowercased() == answer.lowercased() }?.value
  }
}
