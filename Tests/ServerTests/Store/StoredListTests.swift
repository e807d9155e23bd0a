import Foundation
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `Stored sessions` {
  private func names(_ list: SessionList.Response) -> [String] { list.sessions.map { $0.title ?? "" } }

  private func tell(_ words: [String], in room: StoredRoom, cwd: String? = nil) throws {
    for word in words {
      var options = SessionOptions()
      options.cwd = cwd
      let session = try room.process().makeSession(options)
      room.clock.pass(60_000)
      session.say(word)
      session.recorder?.close()
    }
  }

  @Test func `are listed with those in memory, the last used first, page by page and by folder`() async throws {
    let room = try StoredRoom()
    try tell((1...5).map { "s\($0)" }, in: room)
    try tell(["elsewhere"], in: room, cwd: "/work/two")
    let here = room.process()
    let third = try #require(try await here.list(SessionList(query: "s3")).sessions.first)
    room.clock.pass(60_000)
    try here.load(third.sessionId).say("again")
    var (cursor, seen) = (String?.none, [String]())
    repeat {
      let page = try await here.list(SessionList(cursor: cursor, limit: 2))
      seen += names(page)
      cursor = page.nextCursor
    } while cursor != nil
    #expect(seen == ["s3", "elsewhere", "s5", "s4", "s2", "s1"])
    #expect(names(try await here.list(SessionList(cwd: "/work/two"))) == ["elsewhere"])
    #expect(try await here.last(about: "/work/one")?.title == "s3")
    #expect(try await here.list(SessionList()).sessions.filter { $0.stored == true }.count == 5)
    #expect(try await here.list(SessionList(limit: 1)).nextCursor == "1")
  }

  @Test func `are found by their words, of what is still said in them`() async throws {
    let room = try StoredRoom()
    let session = try room.process().makeSession(SessionOptions())
    session.say("Grüße an \"Änne\" und C:\\temp", [["type": "text", "text": "The Quick brown\nfox"]])
    session.say("secondly forgotten")
    _ = try session.rewind { _ in .exchange(1) }
    let call: JSON = ["type": "tool_use", "id": "t", "name": "read_file", "input": ["path": "src/Needle.swift"]]
    session.say("use it", [call], result: "the haystack")
    session.recorder?.close()
    for (query, isFound) in [
      ("quick FOX", true), ("grüSSE", false), ("grüße änne", true), ("c:\\temp", true), ("\"änne\"", true),
      ("needle.swift quick", true), ("HAYSTACK", true), ("forgotten", false), ("tool_use", false),
      ("wolf quick", false),
      ("sessionFile", false), ("input_schema", false),
    ] {
      let found = try await room.process().list(SessionList(query: query)).sessions
      #expect(found.count == (isFound ? 1 : 0), "\(query)")
      #expect(!isFound || found[0].match?.isEmpty == false)
      let open = room.process()
      let loaded = try open.load(session.id)
      #expect(try await open.list(SessionList(query: query)).sessions.count == (isFound ? 1 : 0), "\(query) in memory")
      loaded.recorder?.close()
    }
  }

  @Test func `are removed by age and by size, the oldest first, and never one that is open`() async throws {
    let room = try StoredRoom()
    try tell((1...6).map { "s\($0)" }, in: room)
    let ids = try await room.process().list(SessionList()).sessions.map(\.sessionId)
    let now = Int(Date().timeIntervalSince1970) * 1_000
    for (place, id) in ids.enumerated() {
      let date = Date(timeIntervalSince1970: Double(now / 1_000 - place * 86_400))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: room.file(id).path)
    }
    let open = try room.process().load(ids[5])
    let before = Date(timeIntervalSince1970: Double(now / 1_000 - 5 * 86_400))
    try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: room.file(ids[5]).path)
    try Data("not ours".utf8).write(to: room.file("foreign"))
    try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: room.file("foreign").path)
    var rules = StoreRules()
    rules.keepMs = try StoreRules.keepMs("84h", "keep")
    #expect(room.store(2).sweep(rules, now: now) == 1)
    let size = try room.bytes(ids[0]).count
    rules.bytesMax = size * 5 / 2
    #expect(room.store(2).sweep(rules, now: now) == 2)
    let left = try FileManager.default.contentsOfDirectory(atPath: room.path).count
    #expect(left == 4 && open.info.exchanges == 1)
  }

  @Test(arguments: ["", "d", "0d", "-1d", "3", "3x", "99999999d", "1.5d"]) func `are not kept for`(text: String) {
    #expect(throws: Failure.self) { try StoreRules.keepMs(text, "keep") }
  }

  @Test func `are kept for days and bytes in words`() throws {
    #expect(try StoreRules.keepMs("2w", "keep") == 14 * 86_400_000)
    #expect(try StoreRules.bytes("500mb", "max") == 500_000_000)
    for text in ["", "GB", "1", "0KB", "99999999999999TB", "-1MB"] {
      #expect(throws: Failure.self) { try StoreRules.bytes(text, "max") }
    }
  }
}
