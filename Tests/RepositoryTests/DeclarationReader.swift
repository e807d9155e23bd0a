/// Something that a file declares, or a type that it extends.
struct Declaration {
  /// The word that declares it, such as `struct`, `func`, `case` or `extension`.
  let keyword: String
  let name: String
  /// The types it lies in, joined by dots; empty at a file's top.
  let owner: String
  let line: Int
  /// Where its name stands among the file's tokens.
  let place: Int
  let modifiers: Set<String>
  /// The names behind the colon of a type or an extension.
  let conformances: [String]

  static let typeKeywords: Set<String> = ["struct", "class", "enum", "protocol", "actor"]

  var isType: Bool { Self.typeKeywords.contains(keyword) || keyword == "typealias" }
  var isTopLevel: Bool { owner.isEmpty && keyword != "extension" }
  /// Whether no other file sees it.
  var isHidden: Bool { modifiers.contains("private") || modifiers.contains("fileprivate") }
  var isShared: Bool { isTopLevel || modifiers.contains("static") }
  var fullName: String { owner.isEmpty ? name : "\(owner).\(name)" }
}

/// Finds what a file declares: by keyword, at the depth of its braces, without knowing what the code means.
struct DeclarationReader {
  private let tokens: [Token]
  private var place = 0
  /// The braces that are open: each a type's body, or `nil` for a function's, a property's or a closure's.
  private var bodies: [String?] = []
  /// The type whose body the next brace opens.
  private var opening: String?
  private var parentheses = 0
  private var modifiers: Set<String> = []
  private(set) var declarations: [Declaration] = []
  /// Names that mean something else in this file than in another: nested types, generic parameters, associated types.
  private(set) var localNames: Set<String> = []
  private(set) var imports: Set<String> = []

  private static let modifierWords: Set<String> = [
    "public", "package", "internal", "fileprivate", "private", "open", "static",
  ]

  init(_ tokens: [Token]) {
    self.tokens = tokens
    while place < tokens.count { step() }
  }

  private mutating func step() {
    let token = tokens[place]
    defer { place += 1 }
    switch token.text {
    case "(", "[": parentheses += 1
    case ")", "]": parentheses -= 1
    case "{":
      bodies.append(parentheses == 0 ? opening : nil)
      opening = nil
      modifiers = []
    case "}":
      _ = bodies.popLast()
      modifiers = []
    default:
      if token.kind == .word, parentheses == 0, text(place - 1) != "." { readKeyword(token.text) }
    }
  }

  private mutating func readKeyword(_ word: String) {
    switch word {
    case "import" where bodies.isEmpty:
      imports.insert(text(place + 1))
      modifiers = []
    case _ where Self.modifierWords.contains(word):
      if text(place + 1) != "(" { modifiers.insert(word) }
    case _ where Declaration.typeKeywords.contains(word): readType(word)
    case "typealias":
      readGenericParameters(from: place + 2)
      declareType(word, conformances: [])
    case "extension" where bodies.isEmpty: readExtension()
    case "associatedtype": localNames.insert(text(place + 1))
    case "func":
      readGenericParameters(from: place + 2)
      declare(word, at: place + 1)
      opening = nil
    case "var", "let": declare(word, at: place + 1)
    case "init", "subscript":
      readGenericParameters(from: place + 1)
      modifiers = []
    case "case" where isInType: readCases()
    default: break
    }
  }

  /// The type whose body is read; empty outside of any.
  private var owner: String { bodies.last.flatMap { $0 } ?? "" }
  private var isInType: Bool { !owner.isEmpty }

  private mutating func readType(_ keyword: String) {
    // `class` is a modifier, too, and a requirement of protocols.
    guard place + 1 < tokens.count, tokens[place + 1].isName, !["func", "var", "let"].contains(text(place + 1)) else {
      return
    }
    let name = text(place + 1)
    readGenericParameters(from: place + 2)
    declareType(keyword, conformances: conformances(from: place + 2))
    // A type inside a function is nobody else's.
    opening = bodies.contains(nil) ? nil : owner.isEmpty ? name : "\(owner).\(name)"
  }

  private mutating func declareType(_ keyword: String, conformances: [String]) {
    if !bodies.isEmpty { localNames.insert(text(place + 1)) }
    declare(keyword, at: place + 1, conformances: conformances)
  }

  private mutating func readExtension() {
    var end = place + 1
    var name = ""
    while end < tokens.count, !["{", ":", "<", "where"].contains(text(end)) {
      name += text(end)
      end += 1
    }
    if name.hasPrefix("[") { name = "Array" }
    declarations.append(
      Declaration(
        keyword: "extension", name: name, owner: "", line: tokens[place].line, place: place + 1, modifiers: modifiers,
        conformances: conformances(from: end)))
    modifiers = []
    opening = name
  }

  /// Reads `case a, b(Int), c = 1`.
  private mutating func readCases() {
    var next = place + 1
    while true {
      declare("case", at: next)
      next += 1
      if text(next) == "(" { next = end(ofGroupAt: next) }
      if text(next) == "=" { next += text(next + 1) == "-" ? 3 : 2 }
      guard text(next) == "," else { break }
      next += 1
    }
    place = next - 1
  }

  private mutating func declare(_ keyword: String, at name: Int, conformances: [String] = []) {
    defer { modifiers = [] }
    guard name < tokens.count, tokens[name].isName, !bodies.contains(nil) else { return }
    declarations.append(
      Declaration(
        keyword: keyword, name: text(name), owner: owner, line: tokens[name].line, place: name,
        modifiers: modifiers, conformances: conformances))
  }

  /// The names behind the colon that stands before a body; none when no colon does.
  private func conformances(from start: Int) -> [String] {
    var (next, names, isBehindColon, depth) = (start, [String](), false, 0)
    while next < tokens.count, !["{", "where", "}"].contains(text(next)) {
      switch text(next) {
      case "<": depth += 1
      case ">": depth -= 1
      case ":": isBehindColon = isBehindColon || depth == 0
      default: if isBehindColon, tokens[next].isName { names.append(text(next)) }
      }
      next += 1
    }
    return names
  }

  private mutating func readGenericParameters(from start: Int) {
    guard text(start) == "<" else { return }
    var (next, depth) = (start, 0)
    repeat {
      if text(next) == "<" { depth += 1 }
      if text(next) == ">" { depth -= 1 }
      if depth == 1, ["<", ",", "each"].contains(text(next)), next + 1 < tokens.count, tokens[next + 1].isName {
        localNames.insert(text(next + 1))
      }
      next += 1
    } while depth > 0 && next < tokens.count
  }

  /// The place behind the parenthesis that closes the one at a place.
  private func end(ofGroupAt start: Int) -> Int {
    var (next, depth) = (start, 0)
    repeat {
      if text(next) == "(" { depth += 1 }
      if text(next) == ")" { depth -= 1 }
      next += 1
    } while depth > 0 && next < tokens.count
    return next
  }

  private func text(_ place: Int) -> String {
    tokens.indices.contains(place) ? tokens[place].text : ""
  }
}
