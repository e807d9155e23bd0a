import Testing

@Suite struct `Documentation says something:` {
  @Test func `what another module sees is documented`() throws {
    let found = Self.undocumented(in: try SourceTree.sources.get())
    #expect(found == [])
  }

  @Test func `no comment only repeats a name`() throws {
    let found = Self.repetitions(in: try SourceTree.sources.get())
    #expect(found == [])
  }

  /// The types, functions and properties of packages that have no comment and whose name, type and owner do not say all.
  ///
  /// What fulfils a protocol is documented where the protocol asks for it.
  private static func undocumented(in tree: SourceTree) -> [String] {
    let protocols = Set(tree.declarations.map(\.declaration).filter { $0.keyword == "protocol" }.map(\.fullName))
    let asked = tree.declarations.filter { protocols.contains($0.declaration.owner) }.map(\.declaration.name)
    let fulfilled = Set(asked).union([
      "Response", "encode", "hash", "description", "debugDescription", "customMirror", "allCases", "makeIterator",
      "next", "id",
    ])
    return tree.declarations.filter { file, one in
      guard !["extension", "case"].contains(one.keyword), file.documentation(of: one).isEmpty else { return false }
      let isAsked = protocols.contains(one.owner)
      let isSeen = one.modifiers.contains("package") || isAsked
      return isSeen && (isAsked || !fulfilled.contains(one.name)) && !isPlain(one, in: file)
    }.map { $0.file.at($0.declaration) }
  }

  /// Whether a property's type and owner bear its name, as in `let mode: PermissionMode`, or it is an id.
  private static func isPlain(_ declaration: Declaration, in file: SourceFile) -> Bool {
    guard ["let", "var"].contains(declaration.keyword) else { return false }
    let type = words(signature(of: declaration, in: file).dropFirst().map(\.text) + [declaration.owner])
    let name = words([declaration.name])
    return declaration.name.hasSuffix("Id") || name.isSubset(of: type)
  }

  /// The types, properties and cases whose comment has no word that does not stand in their first line or their owner's name.
  ///
  /// Comments of several lines are taken to say more, and a function may be said in a sentence of its own words.
  private static func repetitions(in tree: SourceTree) -> [String] {
    tree.declarations.filter { file, one in
      let comment = file.documentation(of: one)
      guard one.keyword != "func", comment.count == 1, let said = comment.first else { return false }
      let written = words(signature(of: one, in: file).map(\.text) + [one.owner])
      return words([said]).subtracting(fillers).isSubset(of: written)
    }.map { "\($0.file.at($0.declaration)): \($0.file.documentation(of: $0.declaration).joined())" }
  }

  /// A declaration's name and what stands behind it on its line, but for its body and its value.
  private static func signature(of declaration: Declaration, in file: SourceFile) -> ArraySlice<Token> {
    file.tokens[declaration.place...].prefix { $0.line == declaration.line && $0.text != "{" && $0.text != "=" }
  }

  /// The words of texts and names, each without its plural's ending.
  private static func words(_ texts: [String]) -> Set<String> {
    let words = texts.flatMap { $0.split { !$0.isLetter } }.flatMap { String($0).camelCaseWords }
    return Set(words.map { $0.count > 3 && $0.hasSuffix("s") ? String($0.dropLast()) : $0 })
  }

  private static let fillers: Set = [
    "a", "an", "the", "of", "it", "is", "are", "this", "that", "which", "one", "what", "in", "to", "for", "as", "by",
    "and", "s", "",
  ]

  // The laws, held against code that breaks them.

  @Test func `what is not documented is found, and what needs no comment is not`() {
    let tree = SourceTree([
      "Sources/Server/A.swift": """
      package struct Lone {}
      /// Said.
      @frozen
      package struct Said {
        package func unsaid() {}
        package var count: Int
        package var mode: PermissionMode
        package let saidId: String
        package func asked() {}
        func own() {}
        package init() {}
      }
      /// Asks.
      package protocol Asking {
        func asked()
      }
      """
    ])
    let lines = ["1 Lone", "5 Said.unsaid", "6 Said.count", "15 Asking.asked"]
    #expect(Self.undocumented(in: tree) == lines.map { "Sources/Server/A.swift:\($0)" })
  }

  @Test(arguments: [
    "/// The session.\nlet sessionId: String", "/// A text file's name.\nlet name: TextFile.Name",
    "struct Rule {\n  /// The rule's words.\n  let words: [String]\n}", "/// The modes.\nlet all: [Mode] = []",
  ]) func `a repetition is`(code: String) {
    #expect(Self.repetitions(in: SourceTree(["Sources/Server/A.swift": code])).count == 1)
  }

  @Test(arguments: [
    "/// The session that pays.\nlet session: Session", "/// In bytes.\nlet size: Int",
    "/// The session.\n///\n/// It pays.\nlet session: Session",
    "let session: Session", "/// The session.\nfunc session() -> Session {}",
    "/// The word.\nlet other: Int\nlet word: Int",
  ]) func `no repetition is`(code: String) {
    #expect(Self.repetitions(in: SourceTree(["Sources/Server/A.swift": code])) == [])
  }
}
