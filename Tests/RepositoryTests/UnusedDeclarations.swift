/// The declarations of the product whose names nothing else in it says.
///
/// It counts words and does not know what they mean, so it never accuses wrongly where a name is borne twice. What the
/// language or its library calls, and what stands on a wire, is left out; a requirement of a protocol of the project is not:
/// when only its witnesses bear its name, nobody asks for it.
struct UnusedDeclarations {
  struct Unused {
    let file: SourceFile
    let declaration: Declaration
    /// The files of the tests that say its name.
    let triedBy: [String]
    var description: String { file.at(declaration) }
  }

  let all: [Unused]

  init(_ sources: SourceTree, triedBy tests: SourceTree) {
    let said = Self.wordsSaid(in: sources)
    var users: [String: Set<String>] = [:]
    for file in tests.files {
      for token in file.tokens where token.isName { users[token.text, default: []].insert(file.path) }
    }
    let coded = Self.codedTypes(in: sources)
    // Their cases are reached by name.
    let listed = Set(
      sources.declarations.map(\.declaration).filter { $0.conformances.contains("CaseIterable") }.map(\.fullName))
    all = sources.declarations.compactMap { file, declaration in
      guard declaration.keyword != "extension", !said.contains(declaration.name), !Self.isCalledByLanguage(declaration)
      else { return nil }
      let isWireField =
        ["var", "let", "case"].contains(declaration.keyword) && !declaration.modifiers.contains("static")
      if isWireField, coded.contains(declaration.owner) { return nil }
      if declaration.keyword == "case", listed.contains(declaration.owner) { return nil }
      return Unused(file: file, declaration: declaration, triedBy: (users[declaration.name] ?? []).sorted())
    }
  }

  /// The words of all files that neither declare, nor extend, nor label an argument.
  private static func wordsSaid(in sources: SourceTree) -> Set<String> {
    var said: Set<String> = []
    for file in sources.files {
      let places = Set(file.declarations.map(\.place))
      for (place, token) in file.tokens.enumerated() where token.isName && !places.contains(place) {
        let isLabel = file.text(place + 1) == ":" && ["(", ","].contains(file.text(place - 1))
        if !isLabel { said.insert(token.text) }
      }
    }
    return said
  }

  /// The types whose fields are written and read by their coding, by full name.
  private static func codedTypes(in sources: SourceTree) -> Set<String> {
    var coding: Set = ["Codable", "Decodable", "Encodable", "CodingKey"]
    for _ in 0..<3 {
      for (_, one) in sources.declarations where one.keyword == "protocol" && !coding.isDisjoint(with: one.conformances)
      {
        coding.insert(one.name)
      }
    }
    let types = sources.declarations.map(\.declaration).filter { !coding.isDisjoint(with: $0.conformances) }
    return Set(types.map(\.fullName))
  }

  private static func isCalledByLanguage(_ declaration: Declaration) -> Bool {
    let hooks: Set = [
      "description", "debugDescription", "customMirror", "hash", "encode", "main", "allCases", "rawValue", "CodingKeys",
      "codingPath", "userInfo", "makeIterator", "next", "nestedContainer", "nestedUnkeyedContainer", "superDecoder",
      "superEncoder", "stringValue", "intValue", "Main",
    ]
    return hooks.contains(declaration.name)
  }
}
