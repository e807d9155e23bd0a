import TestSupport
import Testing

@Suite(.ownThread) struct `Declarations earn their place:` {
  @Test func `the product uses what it declares`() throws {
    let unused = UnusedDeclarations(try SourceTree.sources.get(), triedBy: try SourceTree.tests.get()).all
    #expect(unused.filter { Self.triedOnly[$0.declaration.fullName] == nil }.map(\.description) == [])
  }

  /// What only tests, fuzzers or benches use, with one that does.
  private static let triedOnly = [
    // The algorithm's check value, at one go.
    "CRC32.checksum": "Tests/ProvidersTests/CRC32Tests.swift",
    // AWS's test vectors tell each step of a signature.
    "Signer.Signed.canonicalRequest": "Tests/ProvidersTests/AWS/SignerVectorTests.swift",
    "Signer.Signed.stringToSign": "Tests/ProvidersTests/AWS/SignerVectorTests.swift",
    // The SDKs' test vectors tell all that a profile file says, and that it says nothing else.
    "Profile.propertyNames": "Tests/ProvidersTests/Credentials/ProfileVectorTests.swift",
    "Profiles.sessionNames": "Tests/ProvidersTests/Credentials/ProfileVectorTests.swift",
    // The engine's healing of a history takes it from here.
    // Held against catalog and specification.
    "Program.routedMethods": "Tests/ServerTests/RoutesTests.swift",
  ]

  @Test func `what only tests use is listed with its user, and nothing else is`() throws {
    let unused = UnusedDeclarations(try SourceTree.sources.get(), triedBy: try SourceTree.tests.get()).all
    for (name, user) in Self.triedOnly {
      let one = unused.first { $0.declaration.fullName == name }
      #expect(one != nil, "\(name) is used by the product, or is gone: take it off the list")
      #expect(one?.triedBy.contains(user) ?? true, "\(name) is not used by \(user)")
    }
  }

  @Test func `limits stand in the types that are named for them`() throws {
    let loose = Self.looseLimits(in: try SourceTree.sources.get())
    #expect(loose.filter { Self.noLimits[$0.declaration.fullName] == nil }.map(\.description) == [])
    let found = Set(loose.map(\.declaration.fullName))
    #expect(Self.noLimits.keys.filter { !found.contains($0) } == [], "take it off the list")
  }

  /// Numbers that sound like limits and are none, each with the reason why nobody could set it otherwise.
  private static let noLimits = [
    "SHA256.size": "the hash's length",
    "EventStream.Prelude.size": "the format's length",
    "Picodollars.longest": "the digits of the largest Int",
    "UTF8Cut.longest": "the bytes of UTF-8's longest scalar",
    "TokenEstimate.imageMax": "what the API counts for an image at most",
    "TokenEstimate.imageSideMax": "the side to which the API shrinks images",
    "TokenEstimate.documentPageBytes": "an average by which pages are guessed",
  ]

  private static func looseLimits(in tree: SourceTree) -> [SharedState] {
    SharedState.all(in: tree).filter { $0.isLimit && !$0.declaration.owner.hasSuffix("Limits") }
  }

  @Test func `nothing that can change belongs to no instance`() throws {
    let found = Self.singletons(in: try SourceTree.sources.get())
    #expect(found == [])
  }

  private static func singletons(in tree: SourceTree) -> [String] {
    let mutable = SharedState.mutableClasses(in: tree)
    return SharedState.all(in: tree).filter { $0.isMutable(mutable) }.map(\.description)
  }

  @Test func `a file is named after a declaration in it`() throws {
    let found = Self.misnamedFiles(in: try SourceTree.sources.get())
    #expect(found == [])
  }

  /// The files of which no type and no top-level function or constant bears the name, nor the type that they only extend;
  /// and those whose name another file bears.
  private static func misnamedFiles(in tree: SourceTree) -> [String] {
    let paths = Dictionary(grouping: tree.files, by: \.baseName).mapValues(\.count)
    return tree.files.filter { file in
      let own = file.declarations.filter { $0.isType || $0.isTopLevel }
      let extended = own.contains(where: \.isTopLevel) ? [] : file.declarations.filter { $0.keyword == "extension" }
      let names =
        own.map { $0.isType ? $0.name : $0.name.prefix(1).uppercased() + $0.name.dropFirst() }
        + extended.map { $0.name.replacing(".", with: "") }
      return !names.contains(file.baseName) || paths[file.baseName] != 1
    }.map(\.path)
  }

  // The laws, held against code that breaks them.

  @Test func `a declaration that nothing names is found, and who tries it`() {
    let sources = SourceTree([
      "Sources/Server/A.swift": """
      struct A {
        static let used = 1
        var unused: Int { Self.used }
        func tried(_ count: Int) { } // unused
        var description: String { "unused \\(used)" }
        enum Kind { case here, nowhere }
        struct Wire: Codable { var field: Int }
      }
      protocol P { func asked() }
      extension A: P { func asked() { _ = (Kind.here, Wire.self, A(unused: 1), any P) } }
      extension Orphan {}
      struct Orphan {}
      """
    ])
    let tests = SourceTree(["Tests/ATests.swift": "A().tried(1)"])
    let found = UnusedDeclarations(sources, triedBy: tests).all
    #expect(
      found.map { "\($0.declaration.line) \($0.declaration.fullName) \($0.triedBy)" } == [
        "3 A.unused []", "4 A.tried [\"Tests/ATests.swift\"]", "6 A.Kind.nowhere []", "9 P.asked []", "10 A.asked []",
        "12 Orphan []",
      ])
  }

  @Test(arguments: [
    "static let linesMax = 100", "static let lineBytes: Int = 1 << 20",
    "private static let timeout: Duration = .seconds(5)",
    "static let graceMs = Int32(500)", "static let longestLine = 4 * 1024 // why",
  ]) func `a limit outside of its type is found:`(code: String) {
    let loose = SourceTree([
      "Sources/Server/A.swift": "enum A {\n  \(code)\n}\nprivate let nameMax = 9\nlet one = \"1\""
    ])
    #expect(Self.looseLimits(in: loose).map(\.declaration.line) == [2, 4])
    let kept = SourceTree(["Sources/Server/A.swift": "enum AnyLimits {\n  \(code)\n}"])
    #expect(Self.looseLimits(in: kept).map(\.description) == [])
  }

  @Test(arguments: [
    "let linesMax = 100", "static let perDollar = 1_000", "static let linesMax = OtherLimits.linesMax * 2",
    "static let countText = \"1\"", "func f() { let linesMax = 1 }", "static var size: Int { 1 }",
  ]) func `no limit is`(code: String) {
    #expect(
      Self.looseLimits(in: SourceTree(["Sources/Server/A.swift": "enum A {\n  \(code)\n}"])).map(\.description) == [])
  }

  @Test(arguments: [
    "enum A { static var count = 0 }", "var count = 0", "enum A { static let lock = Mutex(0) }", "let shared = Kept()",
    "enum A { static let shared: Kept = .init() }", "enum A {\n  static let made = make(\n    Kept())\n}",
    "let locked = Locked()",
    "enum A { static let nobody = Locked { _ in } }",
  ]) func `shared state is`(code: String) {
    #expect(Self.singletons(in: Self.house(with: code)).count == 1)
  }

  @Test(arguments: [
    "enum A { static var count: Int { 0 } }", "let plain = Plain()", "let format = Kept.Format(1)",
    "let format: Kept.Format = .none", "struct A { var count = 0 }",
    "func f() { var count = 0 }",
    "enum A { static let make: @Sendable () -> Int = { Kept().count } }",
    "enum A { static let one = 1\n  let kept = Kept() }",
  ]) func `no shared state is`(code: String) {
    #expect(Self.singletons(in: Self.house(with: code)) == [])
  }

  private static func house(with code: String) -> SourceTree {
    SourceTree([
      "Sources/Server/A.swift": code,
      "Sources/Server/Kept.swift": """
      final class Kept { var count = 0 }
      final class Plain { let count = 0 }
      final class Locked { private let state = Mutex(0) }
      """,
    ])
  }

  @Test func `a file that bears the name of nothing in it is found`() {
    let tree = SourceTree([
      "Sources/Server/A.swift": "struct A {}\nextension B {}", "Sources/Server/ATools.swift": "extension A {}",
      "Sources/Server/Inner.swift": "extension A { struct Inner {} }", "Sources/Server/List.swift": "let list = [1]",
      "Sources/Server/Call.swift": "func call() {}", "Sources/Server/B.swift": "struct Other {}\nextension B {}",
      "Sources/Server/AInner.swift": "extension A.Inner {}", "Sources/Server/Tools/C.swift": "struct C {}",
      "Sources/Server/Method.swift": "extension A { func method() {} }", "Sources/Providers/C.swift": "struct C {}",
    ])
    let names = ["Providers/C", "Server/ATools", "Server/B", "Server/Method", "Server/Tools/C"]
    #expect(Self.misnamedFiles(in: tree) == names.map { "Sources/\($0).swift" })
  }
}
