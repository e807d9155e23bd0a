internal import Protocol

/// The words of an HTML page: what a reader sees, in its order, with headings, lists and links marked.
///
/// It is a reduction, no browser: what scripts would add is not there. The work is linear in the page's length.
package struct PageText {
  private var output = ""
  private var needsBreak = 0
  private var links: [String] = []
  /// The element whose content is passed over, such as `script`.
  private var skipped: String?
  private var preformatted = 0

  /// The words of a page, and its title.
  package static func of(_ page: String) -> (title: String?, text: String) {
    var reader = PageText()
    var title: String?
    var rest = Substring(page).unicodeScalars[...]
    while let open = rest.firstIndex(of: "<") {
      reader.say(String(rest[..<open]))
      rest = rest[open...]
      guard Tag.mayBegin(rest) else {
        reader.say("<")
        rest = rest.dropFirst()
        continue
      }
      guard let tag = Tag(&rest) else { continue }
      if tag.name == "title", !tag.isEnd, title == nil {
        let end = rest.firstIndex(of: "<") ?? rest.endIndex
        title = collapsed(decoded(String(rest[..<end])))
        rest = rest[end...]
      } else {
        reader.take(tag)
      }
    }
    reader.say(String(rest))
    return (title.flatMap { $0.isEmpty ? nil : $0 }, reader.output)
  }

  private mutating func say(_ text: String) {
    guard skipped == nil, !text.isEmpty else { return }
    let words = Self.decoded(text)
    if preformatted > 0 {
      flushBreak()
      output += words
      return
    }
    let plain = Self.collapsed(words)
    guard !plain.isEmpty else {
      if words.contains(where: \.isWhitespace) { space() }
      return
    }
    flushBreak()
    if words.first?.isWhitespace == true { space() }
    output += plain
    if words.last?.isWhitespace == true { output += " " }
  }

  private mutating func space() {
    if let last = output.last, !last.isWhitespace, needsBreak == 0 { output += " " }
  }

  private mutating func breakLine(_ lines: Int) { needsBreak = max(needsBreak, lines) }

  private mutating func flushBreak() {
    guard needsBreak > 0 else { return }
    while output.last == " " { output.removeLast() }
    if !output.isEmpty { output += String(repeating: "\n", count: needsBreak) }
    needsBreak = 0
  }

  private mutating func take(_ tag: Tag) {
    if let skipped {
      if tag.isEnd, tag.name == skipped { self.skipped = nil }
      return
    }
    switch tag.name {
    case "script", "style", "noscript", "template", "svg", "iframe", "object", "canvas":
      if !tag.isEnd, !tag.isClosed { skipped = tag.name }
    case "h1", "h2", "h3", "h4", "h5", "h6":
      breakLine(2)
      if !tag.isEnd, let level = tag.name.last?.wholeNumberValue { mark(String(repeating: "#", count: level) + " ") }
    case "li":
      breakLine(1)
      if !tag.isEnd { mark("- ") }
    case "br": breakLine(1)
    case "td", "th": if tag.isEnd { output += " | " }
    case "pre":
      breakLine(2)
      preformatted = max(0, preformatted + (tag.isEnd ? -1 : 1))
    case "p", "blockquote", "table", "section", "article", "ul", "ol", "dl", "hr": breakLine(2)
    case "div", "tr", "dt", "dd", "header", "footer", "main", "nav", "aside", "form", "figure", "address", "option":
      breakLine(1)
    case "a": link(tag)
    case "img": if let words = tag.attributes["alt"], !words.isEmpty { say("[image: \(words)]") }
    default: break
    }
  }

  private mutating func mark(_ text: String) {
    flushBreak()
    output += text
  }

  private mutating func link(_ tag: Tag) {
    if !tag.isEnd {
      links.append(tag.attributes["href"] ?? "")
    } else if let target = links.popLast(), !target.isEmpty, !target.hasPrefix("#"), !target.hasPrefix("javascript:") {
      while output.last == " " { output.removeLast() }
      output += " (\(target))"
    }
  }

  private static func collapsed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static let named: [Substring: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©", "reg": "®", "hellip": "…",
    "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«", "raquo": "»",
    "bull": "•", "middot": "·", "euro": "€", "pound": "£", "deg": "°", "times": "×", "rarr": "→", "larr": "←",
    "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é",
    "egrave": "è", "agrave": "à", "ccedil": "ç", "shy": "",
  ]

  /// A text with its character references read; one that is none stays.
  fileprivate static func decoded(_ text: String) -> String {
    guard text.contains("&") else { return text }
    var output = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "&") {
      output += rest[..<start]
      rest = rest[start...].dropFirst()
      let name = rest.prefix(ToolLimits.referenceMax).prefix { $0 != ";" && $0 != "&" && !$0.isWhitespace }
      let isEnded = rest.dropFirst(name.count).first == ";"
      if isEnded, let character = character(name) {
        output += character
        rest = rest.dropFirst(name.count + 1)
      } else {
        output += "&"
      }
    }
    return output + rest
  }

  private static func character(_ name: Substring) -> String? {
    guard name.hasPrefix("#") else { return named[name] }
    let digits = name.dropFirst()
    let isHex = digits.first == "x" || digits.first == "X"
    let number = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }

  /// A tag as it stands in a page.
  private struct Tag {
    var name = ""
    var isEnd = false
    var isClosed = false
    var attributes: [String: String] = [:]

    /// Whether the `<` that a text begins with is more than that sign.
    static func mayBegin(_ text: Substring.UnicodeScalarView) -> Bool {
      guard let next = text.dropFirst().first else { return true }
      return next == "/" || next == "!" || next == "?" || next.properties.isAlphabetic
    }

    /// Reads the tag that a text begins with; `nil` for a comment and a declaration, which are passed.
    init?(_ rest: inout Substring.UnicodeScalarView) {
      let body = rest.dropFirst()
      if body.starts(with: "!--".unicodeScalars) {
        rest = Self.behind("-->", in: body)
        return nil
      }
      guard let first = body.first else {
        rest = body
        return nil
      }
      var end = body.startIndex
      var quote: Unicode.Scalar?
      while end < body.endIndex {
        let scalar = body[end]
        if let open = quote {
          if scalar == open { quote = nil }
        } else if scalar == ">" {
          break
        } else if scalar == "\"" || scalar == "'" {
          quote = scalar
        }
        end = body.index(after: end)
      }
      let inner = String(body[..<end])
      rest = end < body.endIndex ? body[body.index(after: end)...] : body[body.endIndex...]
      guard first != "!", first != "?" else { return nil }
      isEnd = first == "/"
      isClosed = inner.hasSuffix("/")
      let words = isEnd ? inner.dropFirst() : inner[...]
      name = words.prefix { !$0.isWhitespace && $0 != "/" }.lowercased()
      if ["a", "img"].contains(name), !isEnd { attributes = Self.attributes(words.dropFirst(name.count)) }
    }

    private static func behind(
      _ mark: String, in text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView {
      guard let range = Substring(text).firstRange(of: mark) else { return text[text.endIndex...] }
      return text[range.upperBound...]
    }

    private static func attributes(_ text: Substring) -> [String: String] {
      var found: [String: String] = [:]
      var rest = text
      while !rest.isEmpty {
        rest = rest.drop { $0.isWhitespace || $0 == "/" }
        let name = rest.prefix { !$0.isWhitespace && $0 != "=" && $0 != "/" }
        rest = rest.dropFirst(name.count).drop(while: \.isWhitespace)
        guard rest.first == "=" else {
          if name.isEmpty { rest = rest.dropFirst() }
          continue
        }
        rest = rest.dropFirst().drop(while: \.isWhitespace)
        let value: Substring
        if let quote = rest.first, quote == "\"" || quote == "'" {
          value = rest.dropFirst().prefix { $0 != quote }
          rest = rest.dropFirst(value.count + 1).dropFirst()
        } else {
          value = rest.prefix { !$0.isWhitespace }
          rest = rest.dropFirst(value.count)
        }
        if found.count < ToolLimits.attributesMax { found[name.lowercased()] = PageText.decoded(String(value)) }
      }
      return found
    }
  }
}
