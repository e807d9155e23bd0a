import Foundation
import TestSupport
import Testing

/// A Swift file of the project, without what its strings and comments say.
private struct Source: CustomTestStringConvertible {
  let path: String
  let lines: [String]
  var testDescription: String { path }

  /// The lines less comments; what a test looks for stands in code.
  var code: [String] {
    lines.map { line in
      let trimmed = line.drop(while: \.isWhitespace)
      return trimmed.hasPrefix("//") ? "" : line
    }
  }

  static func all(under folder: String) throws -> [Source] {
    try Repository.files(under: folder, endingWith: ".swift").map { path in
      Source(path: path, lines: try Repository.text(path).components(separatedBy: "\n"))
    }
  }
}

@Suite struct `The house keeps its rules:` {
  @Test func `no file holds two ideas`() throws {
    let long = try (Source.all(under: "Sources") + Source.all(under: "Tests")).filter { $0.lines.count > 401 }
    #expect(long.map(\.path) == [])
  }

  @Test func `no file is a drawer`() throws {
    let names = try Source.all(under: "Sources").map(\.path)
    let drawers = ["Utils", "Helpers", "Manager", "+"]
    #expect(names.filter { name in drawers.contains { name.contains($0) } } == [])
  }

  @Test(arguments: [
    "print(", "try!", "as!", "fatalError", "@unchecked", "nonisolated(unsafe)", "TODO", "FIXME", "@_exported", "XCTest",
  ]) func `no source says`(word: String) throws {
    let guilty = try Source.all(under: "Sources").filter { !$0.path.hasSuffix("DemoRecording.swift") }.flatMap {
      source in
      source.code.enumerated().filter { Self.says($0.element, word) }.map { "\(source.path):\($0.offset + 1)" }
    }
    #expect(guilty == [])
  }

  /// Whether a line of code holds a word that is not the end of a longer one.
  private static func says(_ line: String, _ word: String) -> Bool {
    guard let place = line.range(of: word) else { return false }
    return place.lowerBound == line.startIndex || !line[line.index(before: place.lowerBound)].isLetter
  }

  @Test func `modules know only what lies below them`() throws {
    let allowed = [
      "Protocol": [],
      "Providers": ["Protocol", "CPlatform", "FoundationEssentials", "Synchronization", "Dispatch"],
      "Server": [
        "Protocol", "Providers", "CPlatform", "FoundationEssentials", "Synchronization", "Dispatch", "Server",
      ],
    ]
    for (module, known) in allowed {
      for source in try Source.all(under: "Sources/\(module)") {
        let imports = source.code.compactMap { line in
          line.contains("import ") && line.split(separator: " ").dropLast().last == "import"
            ? line.split(separator: " ").last.map(String.init) : nil
        }
        #expect(Set(imports).subtracting(known) == [], "\(source.path)")
      }
    }
  }

  @Test func `providers know no method, no request id and no session`() throws {
    for source in try Source.all(under: "Sources/Providers") {
      for word in ["RequestID", "RPCError", "RequestMessage", "NotificationMessage", "sessionId", "Envelope"] {
        #expect(!source.code.contains { $0.contains(word) }, "\(source.path) says \(word)")
      }
    }
  }

  @Test func `only the transport and the command line touch the standard descriptors`() throws {
    let allowed = [
      "Sources/Server/Transport/", "Sources/Server/CommandLine/", "Sources/Server/Main/",
      "Sources/Server/Log.swift", "Sources/Server/Program/",
    ]
    for source in try Source.all(under: "Sources") where !allowed.contains(where: source.path.hasPrefix) {
      for word in ["STDIN_FILENO", "STDOUT_FILENO", "STDERR_FILENO", "FileHandle.standard"] {
        #expect(!source.code.contains { $0.contains(word) }, "\(source.path) says \(word)")
      }
    }
  }

  @Test func `time, chance and the environment are parameters`() throws {
    let allowed = ["Sources/Server/SystemTime.swift", "Sources/Server/Sessions/NameSource.swift"]
    for source in try Source.all(under: "Sources") where !allowed.contains(source.path) {
      for word in [
        "Date.now", "Date()", "ProcessInfo", "getenv", ".random(in", "ContinuousClock", "clock_gettime", "UUID()",
      ] {
        #expect(!source.code.contains { $0.contains(word) }, "\(source.path) says \(word)")
      }
    }
  }

  @Test func `every declaration that another module sees is documented`() throws {
    var undocumented: [String] = []
    for source in try Source.all(under: "Sources") {
      var isDocumented = false
      for (number, line) in source.lines.enumerated() {
        let trimmed = String(line.drop(while: \.isWhitespace))
        if trimmed.hasPrefix("///") || trimmed.hasPrefix("@") && isDocumented {
          isDocumented = true
          continue
        }
        defer { isDocumented = false }
        guard trimmed.hasPrefix("package "), !trimmed.hasPrefix("package import") else { continue }
        if !isDocumented && !isRequirement(trimmed) { undocumented.append("\(source.path):\(number + 1): \(trimmed)") }
      }
    }
    #expect(undocumented == [])
  }

  /// Whether a declaration fulfils a protocol of the language or the project, whose own documentation says what it does.
  private func isRequirement(_ line: String) -> Bool {
    let known = [
      "init(from", "func encode(to", "static func ==", "static func <", "func hash(into", "func makeIterator",
      "static let method", "static var method", "typealias Response", "static var jsonSchema", "static var jsonSample",
      "var description", "var debugDescription", "var customMirror", "static var allCases", "init(rawValue",
      "init(nilLiteral", "init(booleanLiteral", "init(integerLiteral", "init(floatLiteral", "init(stringLiteral",
      "init(arrayLiteral", "init(dictionaryLiteral", "subscript(", "func send(", "var isBehind", "func room(",
      "func next() ", "func answer(", "func signed(", "func current()", "func refreshed(after", "var secrets",
      "func choice(of", "func knownModels()", "func listedModels()", "var id:", "var known:",
      "var missingMessage", "func resolve()", "func verify()", "func logIn(", "func logOut()", "func refresh()",
      "func tell(", "func ask(_ question", "var canAsk", "private(set) var answer", "var answer", "func read(",
      "func finish(into",
      "static func hash",
    ]
    let bare = line.split(separator: " ").filter { !["package", "mutating", "private(set)"].contains($0) }
      .joined(separator: " ")
    return known.contains { bare.hasPrefix($0) }
  }

  @Test func `no file holds two public messages, and each is named as on the wire`() throws {
    for path in try Repository.files(under: "Sources/Protocol/Native/Methods", endingWith: ".swift") {
      let text = try Repository.text(path)
      let methods = text.components(separatedBy: "package static let method = \"").dropFirst()
      #expect(methods.count == 1, "\(path) holds \(methods.count) messages")
    }
  }

  @Test func `no package is depended on`() throws {
    let manifest = try Repository.text("Package.swift")
    #expect(!manifest.contains(".package("))
  }
}
