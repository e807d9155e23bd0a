import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite struct `Finding and listing` {
  private func tree() throws -> ToolBench {
    let bench = try ToolBench()
    for path in [
      "a.swift", "b.txt", "Sources/c.swift", "Sources/deep/d.swift", "Sources/deep/e.h", ".github/workflows/ci.yml",
      ".git/config", "legit/file", "x.git/file", "node_modules/m/index.js", "build/out.o", "sub/.git/x", "sub/keep",
    ] { try bench.make(path) }
    try bench.make(".gitignore", "build/\n*.txt\n")
    return bench
  }

  private func find(_ bench: ToolBench, _ pattern: String, _ more: JSONObject = [:]) async throws -> [String] {
    var input = more
    input["pattern"] = .string(pattern)
    return try await bench.run("find_files", .object(input)).text.split(separator: "\n").map(String.init)
  }

  @Test func `patterns mean what they do elsewhere`() async throws {
    let bench = try tree()
    #expect(try await find(bench, "*.swift") == ["Sources/c.swift", "Sources/deep/d.swift", "a.swift"])
    #expect(try await find(bench, "./*.swift") == ["a.swift"])
    #expect(try await find(bench, "/Sources/*.swift") == ["Sources/c.swift"])
    #expect(try await find(bench, "Sources/./deep/../*.swift") == ["Sources/c.swift"])
    #expect(try await find(bench, "../*.swift", ["path": "Sources/deep"]) == ["Sources/c.swift"])
    #expect(try await find(bench, "\(bench.folder.path)/Sources/**/*.h") == ["Sources/deep/e.h"])
    #expect(try await find(bench, "\(bench.folder.path)/*.swift", ["path": "Sources"]) == ["a.swift"])
    #expect(try await find(bench, "Sources/*.swift") == ["Sources/c.swift"])
    #expect(try await find(bench, "**/deep/*.{h,c}") == ["Sources/deep/e.h"])
    #expect(
      try await find(bench, "Sources/**") == [
        "Sources/c.swift", "Sources/deep/", "Sources/deep/d.swift", "Sources/deep/e.h",
      ])
    #expect(try await find(bench, "[ab].*") == ["a.swift"])
    #expect(try await find(bench, "[!a].swift", ["path": "Sources"]) == ["Sources/c.swift", "Sources/deep/d.swift"])
    #expect(try await find(bench, "?.h") == ["Sources/deep/e.h"])
    #expect(try await find(bench, "*.yml") == [".github/workflows/ci.yml"])
  }

  @Test func `what is hidden is hidden by its whole name`() async throws {
    let bench = try tree()
    let all = try await find(bench, "file")
    #expect(all == ["legit/file", "x.git/file"])
    let listed = try await bench.run("list_files", ["depth": 2]).text.split(separator: "\n")
    #expect(
      listed == [
        ".github/", ".github/workflows/", ".gitignore  13", "Sources/", "Sources/c.swift  2", "Sources/deep/",
        "a.swift  2", "legit/", "legit/file  2", "sub/", "sub/keep  2", "x.git/", "x.git/file  2",
      ])
    let everything = try await bench.run("list_files", ["include_ignored": true]).text
    #expect(everything.contains("node_modules/") && everything.contains("b.txt") && everything.contains("build/"))
    #expect(!everything.split(separator: "\n").contains(".git/") && everything.contains("x.git/"))
  }

  @Test func `an absolute pattern leads where it says, and outside only with a permission`() async throws {
    let bench = try tree()
    try bench.make("\(bench.outside.path)/o.swift")
    let pattern = JSON.string("\(bench.outside.path)/*.swift")
    #expect(await bench.refusal("find_files", ["pattern": pattern])?.kind == .refused)
    let found = try await bench.run("find_files", ["pattern": pattern], allowsOutside: true).text
    #expect(found == "\(bench.outside.path)/o.swift")
    #expect(
      await bench.refusal("search_files", ["pattern": "x", "files": pattern], allowsOutside: true)?.kind
        == .invalidInput)
    let inside = JSON.string("\(bench.folder.path)/Sources/*")
    #expect(try await bench.run("search_files", ["pattern": "x", "files": inside]).text == "Sources/c.swift:1: x\n")
  }

  @Test func `names with brackets are found as they are written, and as patterns`() async throws {
    let bench = try ToolBench()
    for path in ["app/[id]/page.tsx", "app/i/page.tsx", "app/[...all]/page.tsx", "app/[[opt]]/x.ts", "[a]", "a"] {
      try bench.make(path)
    }
    #expect(try await find(bench, "app/[id]/*") == ["app/[id]/page.tsx", "app/i/page.tsx"])
    #expect(try await find(bench, "app/[...all]/*.tsx") == ["app/[...all]/page.tsx"])
    #expect(try await find(bench, "app/[[opt]]/x.ts") == ["app/[[opt]]/x.ts"])
    #expect(try await find(bench, "[a]") == ["[a]", "a"])
    #expect(try await find(bench, "**/\\[id\\]/*") == ["app/[id]/page.tsx"])
    #expect(try await bench.run("list_files", ["path": "app/[id]"]).text == "page.tsx  2")
  }

  @Test func `a name of whatever bytes stays in its line, and leads back to its file`() async throws {
    let bench = try ToolBench()
    let odd = ["line\nbreak", "tab\there", "quo\"te", "back\\slash", "\"both\\\"", "é\u{1B}[31m", " blank "]
    for (number, name) in odd.enumerated() { try bench.make(name, "needle \(number)\n") }
    let folder = try OpenFolder(path: Array(bench.folder.path.utf8))
    let bytes = FileName([0x66, 0xFF, 0xC3])
    try folder.makeFolder(bytes)
    try folder.rename(FileName(Array(" blank ".utf8)), to: try folder.folder(bytes), bytes, keepsOther: true)
    let names = try await find(bench, "*").filter { !$0.hasSuffix("/") }
    #expect(names.count == odd.count)
    #expect(names.contains("\"f\\377\\303/f\\377\\303\""))
    let found = try await bench.run("search_files", ["pattern": "needle"]).text.split(separator: "\n")
    #expect(found.count == odd.count)
    for line in found {
      let parts = try #require(line.firstRange(of: ":1: needle "))
      let read = try await bench.run("read_file", ["path": .string(String(line[..<parts.lowerBound]))]).text
      #expect(read == "1\tneedle \(line[parts.upperBound...])\n")
      #expect(names.contains(String(line[..<parts.lowerBound])))
    }
  }

  @Test func `a pattern of many stars takes no time`() async throws {
    let bench = try ToolBench()
    try bench.make(String(repeating: "a", count: 200))
    #expect(try await find(bench, String(repeating: "*a", count: 100) + "b").first?.hasPrefix("(no file") == true)
    #expect(
      await bench.refusal("find_files", ["pattern": .string(String(repeating: "{a,b}", count: 10))])?.kind
        == .invalidInput)
  }

  @Test func `much is cut short, and said to be`() async throws {
    let bench = try ToolBench()
    for number in 0..<1_100 { try bench.make("f\(number)") }
    #expect(try await find(bench, "f*").count == 1_001)
    #expect(try await bench.run("list_files", [:]).text.hasSuffix("use find_files]"))
    let deep = (0..<70).map { _ in "d" }.joined(separator: "/")
    _ = try await bench.run("create_directory", ["path": .string(deep)])
    #expect(try await find(bench, "d", ["path": "d"]).last?.contains("further down") == true)
  }
}
