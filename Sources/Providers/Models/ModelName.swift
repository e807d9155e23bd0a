/// The parts of a model's name, as it is written anywhere: by a person, the API, Bedrock, or an ARN.
///
/// `us.anthropic.claude-sonnet-4-5-20250929-v1:0` is the geography `us`, the base `claude-sonnet-4-5`, and a date.
/// Nothing here says that such a model exists.
package struct ModelName: Sendable, Hashable {
  /// The name without the suffix `[1m]`: what a provider may see.
  package let bare: String
  /// Whether the suffix `[1m]` asked for the window of a million tokens.
  package let wantsLongWindow: Bool
  /// What stands before `anthropic.` in a Bedrock id: a geography, known or not.
  package let geography: String?
  /// The name without geography, vendor, version suffix and `-latest`, in lower case; with its date.
  package let dated: String
  /// The name without its date too.
  package let base: String
  /// The date in the name, like `20250929`.
  package let date: String?
  /// The sort of model that the name says.
  package let line: ModelLine?
  /// The version that the name says, major number first; empty when it says none.
  package let version: [Int]

  /// The parts of a name; white space around it does not count.
  package init(_ text: String) {
    let whole = text.drop { $0.isWhitespace }
    var rest = ModelName.withoutBlanksAtEnd(whole)
    wantsLongWindow = ModelName.asksForLongWindow(rest)
    while ModelName.asksForLongWindow(rest) { rest = ModelName.withoutBlanksAtEnd(rest.dropLast(4)) }
    let bare = String(rest)
    self.bare = bare
    var name = (ModelARN(bare)?.modelID ?? bare).lowercased()
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let vendor = parts.firstIndex(of: "anthropic").flatMap { $0 <= 1 && $0 + 1 < parts.count ? $0 : nil }
    geography = vendor == 1 ? String(parts[0]) : nil
    if let vendor { name = parts[(vendor + 1)...].joined(separator: ".") }
    dated = ModelName.withoutVersionSuffix(name)
    var pieces = dated.split(separator: "-", omittingEmptySubsequences: false)
    date = pieces.last.flatMap { ModelName.isDate($0) ? String($0) : nil }
    if date != nil { pieces.removeLast() }
    base = pieces.joined(separator: "-")
    line = pieces.lazy.compactMap { ModelLine(rawValue: String($0)) }.first
    version = pieces.filter { 1...3 ~= $0.utf8.count }.compactMap { Int($0) }
  }

  /// The name as a person may be shown it: not without end, and without anything that a terminal would obey.
  var shown: String { ModelName.shown(bare) }

  /// A text from elsewhere as a person may be shown it.
  static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(ModelLimits.quotedMax + 1)
    let shown = scalars.prefix(ModelLimits.quotedMax).map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: Character("?")
      default: Character(scalar)
      }
    }
    return String(shown) + (scalars.count > ModelLimits.quotedMax ? "…" : "")
  }

  /// Whether the name is one of Bedrock's, which nobody but the user may change.
  package var isBedrock: Bool { bare.contains("anthropic.") || bare.hasPrefix("arn:") }

  /// Whether Bedrock's id names a model of Anthropic's.
  var isAnthropic: Bool { (ModelARN(bare)?.modelID ?? bare).contains("anthropic.") }

  /// The name without what Bedrock puts behind it (`-v1:0`, `-v2:0:200k`, `-v1`), and without `-latest`.
  private static func withoutVersionSuffix(_ name: String) -> String {
    var name = name[...]
    if let colon = name.firstIndex(of: ":") {
      let modes = name[name.index(after: colon)...].split(separator: ":", omittingEmptySubsequences: false)
      if modes.count <= 2, modes.allSatisfy({ !$0.isEmpty }) { name = name[..<colon] }
    }
    if let dash = name.lastIndex(of: "-") {
      let last = name[name.index(after: dash)...]
      let isVersion = last.first == "v" && last.count > 1 && last.dropFirst().allSatisfy(isDigit)
      if isVersion && !["claude-v", "claude-instant-v"].contains(name[...dash] + "v") || last == "latest" {
        name = name[..<dash]
      }
    }
    return String(name)
  }

  private static func asksForLongWindow(_ name: Substring) -> Bool { name.suffix(4).lowercased() == "[1m]" }

  private static func withoutBlanksAtEnd(_ text: Substring) -> Substring {
    var text = text
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func isDate(_ piece: Substring) -> Bool {
    piece.utf8.count == 8 && piece.hasPrefix("20") && piece.allSatisfy(isDigit)
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

/// A sort of model: the names that people use when any version will do.
package enum ModelLine: String, Sendable, Hashable, CaseIterable {
  case sonnet, opus, haiku, fable, mythos

  /// The variable that says which model its bare name means.
  package var defaultVariable: String { "ANTHROPIC_DEFAULT_\(rawValue.uppercased())_MODEL" }

  /// The line that a name mentions anywhere; `sonnet` goes before `opus`, and so on.
  package static func mentioned(in name: String) -> ModelLine? {
    let name = name.lowercased()
    return allCases.first { name.contains($0.rawValue) }
  }
}
