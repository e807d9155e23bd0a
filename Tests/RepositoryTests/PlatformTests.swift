import Foundation
import TestSupport
import Testing

/// The README: only the System module knows the operating system, and only the room HTTP knows curl.
@Suite struct `The operating system stays in its room:` {
  private static let systemRoom = "Sources/Providers/System/"
  private static let curlRoom = "Sources/Providers/HTTP/"

  @Test func `only System's Swift knows the operating system, and only HTTP's knows curl`() throws {
    let found = Self.faults(in: try SourceTree.sources.get())
    #expect(found == [])
  }

  @Test func `only C of System asks which system it is built for`() throws {
    let sources =
      try Repository.files(under: "Sources", endingWith: ".c") + Repository.files(under: "Sources", endingWith: ".h")
    let guilty = try sources.filter { path in
      try !path.hasPrefix(Self.systemRoom) && Self.systemMacros.contains(where: try Repository.text(path).contains)
    }
    #expect(guilty == [])
  }

  private static let systemMacros = ["__linux__", "__APPLE__", "_WIN32", "__GLIBC__"]
  private static let systemModules: Set = ["CSystem", "CPlatform", "Glibc", "Musl", "Darwin"]

  /// Conditions on the system, and imports of what belongs to another room.
  private static func faults(in tree: SourceTree) -> [String] {
    tree.files.flatMap { file -> [String] in
      var faults: [String] = []
      if !file.path.hasPrefix(systemRoom) {
        faults += file.imports.intersection(systemModules).sorted().map { "\(file.path) imports \($0)" }
        for (place, token) in file.tokens.enumerated() where ["os", "canImport"].contains(token.text) {
          let isCondition =
            file.text(place + 1) == "(" && ["if", "elseif", "!", "&", "|", "("].contains(file.text(place - 1))
          if isCondition { faults.append("\(file.path):\(token.line) asks for \(token.text)") }
        }
      }
      if !file.path.hasPrefix(curlRoom), file.imports.contains("CCurl") { faults.append("\(file.path) imports CCurl") }
      return faults
    }
  }

  @Test func `a file that knows the system from elsewhere is found`() {
    let tree = SourceTree([
      "Sources/Server/A.swift": "internal import CSystem\n#if os(Linux)\n#endif\n// #if os(macOS)",
      "Sources/Server/B.swift": "import Protocol\nfunc os(_ os: Int) { os(1) }\nlet text = \"#if os(Linux)\"",
      "Sources/Providers/System/C.swift": "import CSystem\n#if canImport(Glibc)\nimport Glibc\n#endif",
      "Sources/Providers/AWS/D.swift": "import CCurl\n#if DEBUG || !os(Windows)\n#endif",
      "Sources/Providers/HTTP/E.swift": "import CCurl",
    ])
    #expect(
      Self.faults(in: tree) == [
        "Sources/Providers/AWS/D.swift:2 asks for os", "Sources/Providers/AWS/D.swift imports CCurl",
        "Sources/Server/A.swift imports CSystem", "Sources/Server/A.swift:2 asks for os",
      ])
  }
}
