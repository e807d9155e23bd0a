import Foundation
import TestSupport
import Testing

@Suite struct `The house keeps its rules:` {
  @Test func `no file holds two ideas`() throws {
    let files = try SourceTree.sources.get().files + SourceTree.tests.get().files
    #expect(files.filter { $0.lineCount > 400 }.map(\.path) == [])
  }

  @Test func `no file is a drawer`() throws {
    let drawers = ["Utils", "Helpers", "Manager", "+"]
    let paths = try SourceTree.sources.get().files.map(\.path)
    #expect(paths.filter { path in drawers.contains { path.contains($0) } } == [])
  }

  @Test(arguments: [
    "print(", "try!", "as!", "fatalError", "@unchecked", "nonisolated(unsafe)", "@_exported", "XCTest",
  ]) func `no source says`(code: String) throws {
    let found = try SourceTree.sources.get().places(of: code)
    #expect(found == [])
  }

  @Test(arguments: ["TODO", "FIXME"]) func `nothing is left`(mark: String) throws {
    let sources = try Repository.files(under: "Sources", endingWith: "")
      .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") || $0.hasSuffix(".h") }
    #expect(try sources.filter { try Repository.text($0).contains(mark) } == [])
  }

  @Test func `modules know only what lies below them`() throws {
    let libraries: Set = ["FoundationEssentials", "Synchronization", "Dispatch"]
    let below: [String: Set<String>] = [
      "Protocol": [], "OperatingSystem": libraries.union(["CSystem"]),
      "Providers": libraries.union(["Protocol", "OperatingSystem", "CCurl"]),
      "Server": libraries.union(["Protocol", "OperatingSystem", "Providers"]),
      "wyn360": ["Protocol", "OperatingSystem", "Providers", "Server"],
    ]
    let found = try SourceTree.sources.get().files.flatMap { file in
      file.imports.subtracting(below[file.module] ?? []).sorted().map { "\(file.path) imports \($0)" }
    }
    #expect(found == [])
  }

  @Test(arguments: ["RequestID", "RPCError", "RequestMessage", "NotificationMessage", "sessionId", "Envelope"])
  func `providers know no method, no request id and no session:`(word: String) throws {
    let found = try SourceTree.sources.get().places(of: word)
    #expect(found.filter { $0.hasPrefix("Sources/Providers/") } == [])
  }

  @Test(arguments: [
    ".standardInput", ".standardOutput", "STDIN_FILENO", "STDOUT_FILENO", "STDERR_FILENO", "FileHandle",
  ])
  func `only the system's room and those who read and write for the program touch the standard descriptors:`(
    word: String
  ) throws {
    let rooms = [
      "Providers/System", "Server/Transport", "Server/CommandLine", "Server/Serving", "Server/Program", "Server/Main",
    ]
    let found = try SourceTree.sources.get().places(of: word)
    #expect(found.filter { place in !rooms.contains { place.hasPrefix("Sources/\($0)/") } } == [])
  }

  @Test(arguments: [
    "Date.now", "Date()", "ProcessInfo", "getenv", ".random(in", "ContinuousClock", "SuspendingClock", "clock_gettime",
    "UUID()",
  ]) func `time, chance and the environment are parameters`(code: String) throws {
    let allowed = ["Sources/Providers/System/", "Sources/Server/Sessions/NameSource.swift"]
    let found = try SourceTree.sources.get().places(of: code)
    #expect(found.filter { place in !allowed.contains(where: place.hasPrefix) } == [])
  }

  @Test func `no file holds two messages, and each is named as on the wire`() throws {
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

  @Test func `code is found where it is code`() {
    let code = """
      func a() { print(1) }
      // print(2)
      let text = "print(3) \\(b.print(4))"
      func sprint() { try? blueprint(try !asked()) }
      """
    let tree = SourceTree(["Sources/Server/A.swift": code])
    #expect(tree.places(of: "print(") == ["Sources/Server/A.swift:1", "Sources/Server/A.swift:3"])
    #expect(tree.places(of: "try!") == [])
  }
}
