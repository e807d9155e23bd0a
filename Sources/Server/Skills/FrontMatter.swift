internal import Protocol

/// What stands before a text between two lines of three dashes, as far as files of skills and commands use YAML: names at the
/// margin, with words (plain, in quotes, or as a block), or a list of them.
///
/// Anything else, as what is nested, is passed over. Who writes a plain text with a colon in it, which YAML forbids, is
/// understood. Source: YAML 1.2.2, chapters 7 and 8.
package struct FrontMatter: Hashable, Sendable {
  /// What stands behind a name.
  package enum Value: Hashable, Sendable {
    case text(String)
    case list([String])
    /// Something that these files have no use for.
    case other
  }

  /// What is said, by name.
  package private(set) var members: [String: Value] = [:]
  /// The text behind it.
  package let body: String

  /// The parts of a text; one without front matter is all body.
  package init(_ text: String) {
    let lines = text.utf8.split(separator: Byte.newline, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == Byte.carriageReturn ? line.dropLast() : line, as: UTF8.self)
    }
    let isEnd = { (line: String) in Self.isFence(line) || Self.trimmed(line) == "..." }
    guard let first = lines.first, Self.isFence(first), let end = lines.dropFirst().firstIndex(where: isEnd) else {
      body = lines.joined(separator: "\n")
      return
    }
    body = lines[(end + 1)...].joined(separator: "\n")
    read(Array(lines[1..<end]))
  }

  /// The words behind a name, those of a list joined; `nil` where nothing stands.
  package func text(_ name: String) -> String? {
    switch members[name] {
    case .text(let text): BlankText.isBlank(text) ? nil : text
    case .list(let words): words.isEmpty ? nil : words.joined(separator: ", ")
    case .other, nil: nil
    }
  }

  /// The words behind a name, one by one: of a list, or parted by blanks and commas.
  package func words(_ name: String) -> [String] {
    switch members[name] {
    case .text(let text): text.split { $0.isWhitespace || $0 == "," }.map(String.init)
    case .list(let words): words
    case .other, nil: []
    }
  }

  /// Whether a name is said to be so, or not so; `nil` where neither is said.
  package func flag(_ name: String) -> Bool? {
    switch text(name)?.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }

  // MARK: Lines

  private mutating func read(_ lines: [String]) {
    var place = 0
    while place < lines.count {
      let line = lines[place]
      place += 1
      guard Self.indent(line) == 0, let (name, rest) = Self.member(line) else { continue }
      let begin = place
      while place < lines.count, Self.belongs(lines[place], toEmpty: rest.isEmpty) { place += 1 }
      if members[name] == nil { members[name] = Self.value(rest, Array(lines[begin..<place])) }
    }
  }

  private static func isFence(_ line: String) -> Bool {
    line.utf8.starts(with: "---".utf8) && trimmed(line) == "---"
  }

  /// Whether a line goes on with the member above it: a list may stand at the margin.
  private static func belongs(_ line: String, toEmpty isEmpty: Bool) -> Bool {
    trimmed(line).isEmpty || indent(line) > 0 || isEmpty && (line == "-" || line.hasPrefix("- "))
  }

  private static func trimmed(_ line: some StringProtocol) -> String {
    let bytes = Array(line.utf8)
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func indent(_ line: String) -> Int { line.utf8.prefix(while: isBlank).count }

  /// A name and what stands behind its colon on the line.
  private static func member(_ line: String) -> (name: String, rest: String)? {
    guard line.utf8.first.map({ $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "-") }) == true else { return nil }
    let bytes = Array(line.utf8)
    for (place, byte) in bytes.enumerated() where byte == Byte.colon {
      guard place + 1 == bytes.count || isBlank(bytes[place + 1]) else { continue }
      let name = trimmed(String(decoding: bytes[..<place], as: UTF8.self))
      let bare = name.trimmingQuotes
      guard !bare.isEmpty else { return nil }
      return (bare, trimmed(String(decoding: bytes[(place + 1)...], as: UTF8.self)))
    }
    return nil
  }

  private static func value(_ rest: String, _ lines: [String]) -> Value {
    switch rest.utf8.first {
    case UInt8(ascii: "|")?, UInt8(ascii: ">")?: return .text(block(rest, lines))
    case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
      return .text(quoted(folded([rest] + lines)) ?? folded([rest] + lines))
    case UInt8(ascii: "[")?: return list(inBrackets: folded([rest] + lines))
    case UInt8(ascii: "{")?, UInt8(ascii: "&")?: return .other
    case UInt8(ascii: "#")?, nil: return value(below: lines)
    default: return .text(folded(([rest] + lines).map(withoutComment)))
    }
  }

  /// What stands below a name with nothing behind it: a list, words, or something nested.
  private static func value(below lines: [String]) -> Value {
    let said = lines.filter { line in !trimmed(line).isEmpty && !trimmed(line).hasPrefix("#") }
    guard let first = said.first.map(trimmed) else { return .text("") }
    guard first == "-" || first.hasPrefix("- ") else {
      if first.utf8.first == UInt8(ascii: "\"") || first.utf8.first == UInt8(ascii: "'") {
        return .text(quoted(folded(said)) ?? folded(said))
      }
      if first.utf8.first == UInt8(ascii: "[") { return list(inBrackets: folded(said)) }
      let isNested = member(first).map { !$0.name.contains(" ") } ?? false
      return isNested ? .other : .text(folded(lines.map(withoutComment)))
    }
    var items: [[String]] = []
    let margin = indent(said[0])
    for line in said {
      let isItem = indent(line) == margin && (trimmed(line) == "-" || trimmed(line).hasPrefix("- "))
      if isItem { items.append([trimmed(trimmed(line).dropFirst())]) } else { items[items.count - 1].append(line) }
    }
    return .list(items.map { scalar(folded($0)) }.filter { !$0.isEmpty })
  }

  // MARK: Words

  /// Words as they are meant, in quotes or plain.
  private static func scalar(_ text: String) -> String { quoted(text) ?? trimmed(withoutComment(text)) }

  /// A plain text up to its comment: a `#` at the beginning or behind a blank.
  private static func withoutComment(_ line: String) -> String {
    let bytes = Array(line.utf8)
    let sign = bytes.indices.first { place in
      bytes[place] == UInt8(ascii: "#") && (place == 0 || isBlank(bytes[place - 1]))
    }
    return sign.map { String(decoding: bytes[..<$0], as: UTF8.self) } ?? line
  }

  /// Lines as one, an empty one between two as an end of the line.
  private static func folded(_ lines: [String]) -> String {
    var (text, ends) = ("", 0)
    for line in lines.map(trimmed) {
      if line.isEmpty {
        ends += 1
        continue
      }
      if !text.isEmpty { text += ends == 0 ? " " : String(repeating: "\n", count: ends) }
      text += line
      ends = 0
    }
    return text
  }

  /// What stands between quotes at the beginning; `nil` where they are not closed, or there are none.
  private static func quoted(_ text: String) -> String? {
    var scalars = Array(text.unicodeScalars)[...]
    guard let quote = scalars.popFirst(), quote == "\"" || quote == "'" else { return nil }
    var said = String.UnicodeScalarView()
    while let scalar = scalars.popFirst() {
      if scalar == quote {
        guard quote == "'", scalars.first == "'" else { return String(said) }
        scalars.removeFirst()
        said.append(scalar)
      } else if scalar == "\\", quote == "\"" {
        guard let escaped = scalars.popFirst() else { return nil }
        said.append(contentsOf: meaning(of: escaped, &scalars))
      } else {
        said.append(scalar)
      }
    }
    return nil
  }

  private static func meaning(of escaped: Unicode.Scalar, _ rest: inout ArraySlice<Unicode.Scalar>)
    -> [Unicode.Scalar]
  {
    func digits(_ count: Int) -> [Unicode.Scalar] {
      let text = String(String.UnicodeScalarView(rest.prefix(count)))
      guard text.unicodeScalars.count == count, let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value)
      else { return [escaped] }
      rest = rest.dropFirst(count)
      return [scalar]
    }
    switch escaped {
    case "n": return ["\n"]
    case "t": return ["\t"]
    case "r": return ["\r"]
    case "x": return digits(2)
    case "u": return digits(4)
    case "U": return digits(8)
    default: return [escaped]
    }
  }

  /// Words between brackets, parted by commas.
  private static func list(inBrackets text: String) -> Value {
    var (items, item) = ([String](), String.UnicodeScalarView())
    var (quote, isClosed) = (Unicode.Scalar?.none, false)
    for scalar in text.unicodeScalars.dropFirst() {
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "]" {
        isClosed = true
        break
      } else if scalar == "," {
        items.append(String(item))
        item = String.UnicodeScalarView()
        continue
      } else if (scalar == "\"" || scalar == "'") && String(item).allSatisfy(\.isWhitespace) {
        quote = scalar
      }
      item.append(scalar)
    }
    // `[issue] [priority]` is how hints are written, which is no list.
    let rest = text.firstRange(of: "]").map { trimmed(withoutComment(String(text[$0.upperBound...]))) } ?? ""
    guard isClosed, rest.isEmpty else { return .text(trimmed(withoutComment(text))) }
    return .list((items + [String(item)]).map { scalar(trimmed($0)) }.filter { !$0.isEmpty })
  }

  // MARK: Blocks

  /// A block of lines, each for itself (`|`) or joined (`>`), without the ends of lines behind it.
  private static func block(_ header: String, _ lines: [String]) -> String {
    let said = lines.first { !trimmed($0).isEmpty }
    let given = header.utf8.dropFirst().prefix(2).first(where: Byte.isDigit).map { Int($0 - UInt8(ascii: "0")) }
    let margin = given ?? said.map(indent) ?? 0
    var rows = lines.map { line in
      String(decoding: Array(line.utf8).dropFirst(min(margin, indent(line))), as: UTF8.self)
    }
    while rows.last.map({ trimmed($0).isEmpty }) == true { rows.removeLast() }
    guard header.utf8.first == UInt8(ascii: ">") else { return rows.joined(separator: "\n") }
    var (text, ends, before) = ("", 0, String?.none)
    for row in rows {
      if trimmed(row).isEmpty {
        ends += 1
        continue
      }
      if let before {
        let isKept = indent(row) > 0 || indent(before) > 0
        text += String(repeating: "\n", count: ends + (isKept ? 1 : 0))
        if ends == 0, !isKept { text += " " }
      }
      text += row
      (before, ends) = (row, 0)
    }
    return text
  }
}

extension String {
  /// The text without the quotes around it.
  fileprivate var trimmingQuotes: String {
    guard utf8.count > 1, let quote = first, quote == "\"" || quote == "'", last == quote else { return self }
    return String(dropFirst().dropLast())
  }
}
