internal import Protocol

/// What a skill or a command says once what stands behind its name is filled in.
///
/// `$ARGUMENTS` is all of it as it was typed; `$ARGUMENTS[0]` and `$0` are its first word, a word in quotes being one;
/// `$name` is the word of a name that the file declares. Files of old count `$1` for the first word, so it is that where
/// nothing is written for a zeroth. A word that was not given leaves its place as it is written, and so does `\$`. What is
/// put in is never looked at again. Where nothing was put in, the words stand at the end.
struct SkillText: Sendable {
  /// What it says.
  let text: String
  /// Whether commands stand in it that another program would run.
  let hasCommands: Bool

  /// The text of a skill, with these words behind its name; `values` are what `${NAME}` means.
  init(_ skill: Skill, saying words: String, values: [String: String]) {
    let body = Array(skill.body.utf8)
    let words = String(words.drop(while: \.isWhitespace))
    let parts = Self.words(words)
    let places = Gap.all(in: body, named: skill.arguments, values: values)
    let isFromZero = places.contains { $0.meaning == .word(0) || $0.meaning == .short(0) }
    var (filled, at, isFilled) = ([UInt8](), 0, false)
    for place in places {
      filled += body[at..<place.range.lowerBound]
      at = place.range.upperBound
      let value: String?
      switch place.meaning {
      case .escaped:
        filled += body[(place.range.lowerBound + 1)..<at]
        continue
      case .value(let name):
        filled += Array((values[name] ?? "").utf8)
        continue
      case .all: value = words
      case .word(let number): value = parts.at(number)
      case .short(let number): value = parts.at(isFromZero ? number : number - 1)
      }
      isFilled = isFilled || value != nil
      filled += value.map { Array($0.utf8) } ?? Array(body[place.range])
    }
    filled += body[at...]
    let text = String(decoding: filled, as: UTF8.self)
    self.text = isFilled || BlankText.isBlank(words) ? text : "\(text)\n\nARGUMENTS: \(words)"
    hasCommands = Self.hasCommands(body)
  }

  // MARK: Words

  /// Words parted by blanks; quotes that are closed make one word of what is between them, where a word begins or a value
  /// does (`name="two words"`).
  static func words(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var (words, word, isWord, place) = ([String](), String.UnicodeScalarView(), false, 0)
    while place < scalars.count {
      let scalar = scalars[place]
      place += 1
      if scalar.properties.isWhitespace {
        if isWord { words.append(String(word)) }
        (word, isWord) = (String.UnicodeScalarView(), false)
      } else if scalar == "\"" || scalar == "'", !isWord || word.last == "=",
        let (said, end) = quoted(scalars, from: place, by: scalar)
      {
        word.append(contentsOf: said)
        (isWord, place) = (true, end)
      } else {
        word.append(scalar)
        isWord = true
      }
    }
    return isWord ? words + [String(word)] : words
  }

  /// What stands up to the closing quote, and where that ends; `nil` where it is not closed.
  private static func quoted(_ scalars: [Unicode.Scalar], from start: Int, by quote: Unicode.Scalar)
    -> (said: [Unicode.Scalar], end: Int)?
  {
    var (said, place) = ([Unicode.Scalar](), start)
    while place < scalars.count {
      let scalar = scalars[place]
      place += 1
      if scalar == quote { return (said, place) }
      if scalar == "\\", quote == "\"", place < scalars.count, scalars[place] == "\"" || scalars[place] == "\\" {
        said.append(scalars[place])
        place += 1
      } else {
        said.append(scalar)
      }
    }
    return nil
  }

  /// Whether there is a command in the way of Claude Code: `` !`command` `` at a line's beginning or behind a blank, or a
  /// block of code that begins with `` ```! ``.
  private static func hasCommands(_ body: [UInt8]) -> Bool {
    body.split(separator: Byte.newline).contains { line in
      if line.drop(while: { $0 == 0x20 }).starts(with: "```!".utf8) { return true }
      return line.indices.contains { place in
        guard line[place] == UInt8(ascii: "!"), place == line.startIndex || line[place - 1] <= 0x20 else {
          return false
        }
        let rest = line[(place + 1)...]
        return rest.first == UInt8(ascii: "`") && rest.dropFirst().contains(UInt8(ascii: "`"))
      }
    }
  }
}

extension [String] {
  fileprivate func at(_ place: Int) -> String? { indices.contains(place) ? self[place] : nil }
}

/// A place in a text where something is put.
private struct Gap {
  enum Meaning: Equatable {
    /// What stands behind the `\` is meant as it is.
    case escaped
    case all
    /// A word by its number, from zero on.
    case word(Int)
    /// The same, where it is for the text to say from where it counts.
    case short(Int)
    /// `${NAME}`.
    case value(String)
  }

  var range: Range<Int>
  var meaning: Meaning

  /// All places, in their order.
  static func all(in body: [UInt8], named names: [String], values: [String: String]) -> [Gap] {
    var (places, at) = ([Gap](), 0)
    while let sign = body[at...].firstIndex(of: UInt8(ascii: "$")) {
      at = sign + 1
      guard let (length, meaning) = meaning(body[at...], named: names, values: values) else { continue }
      let isEscaped = sign > 0 && body[sign - 1] == UInt8(ascii: "\\") && (places.last?.range.upperBound ?? 0) < sign
      at += length
      places.append(Gap(range: (isEscaped ? sign - 1 : sign)..<at, meaning: isEscaped ? .escaped : meaning))
    }
    return places
  }

  /// What is meant behind a `$`, and how long that is; `nil` for a sign that is only one.
  private static func meaning(
    _ rest: ArraySlice<UInt8>, named names: [String], values: [String: String]
  ) -> (length: Int, meaning: Meaning)? {
    if rest.first == Byte.openBrace {
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
      let name = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
      return values[name] == nil ? nil : (end + 1 - rest.startIndex, .value(name))
    }
    let word = rest.prefix(while: Byte.isWord)
    let name = String(decoding: word, as: UTF8.self)
    if name == "ARGUMENTS" {
      let index = rest[word.endIndex...]
      let digits = index.dropFirst().prefix(while: Byte.isDigit)
      if index.first == Byte.openBracket, rest[digits.endIndex...].first == UInt8(ascii: "]"),
        let number = Int(String(decoding: digits, as: UTF8.self))
      {
        return (digits.endIndex + 1 - rest.startIndex, .word(number))
      }
      return (word.count, .all)
    }
    if let place = names.firstIndex(of: name) { return (word.count, .word(place)) }
    return word.allSatisfy(Byte.isDigit) ? Int(name).map { (word.count, .short($0)) } : nil
  }
}
