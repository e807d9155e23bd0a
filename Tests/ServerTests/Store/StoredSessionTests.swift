import Foundation
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `A stored session` {
  /// How many files are broken; `Scripts/killed.sh` breaks thousands.
  private static let files = ProcessInfo.processInfo.environment["STORED_FILES"].flatMap { Int($0) }
  private static let thought: JSON = [
    "type": "thinking", "thinking": "é\u{301} \u{2028} \u{0} \"\\ 𝄞", "signature": "EqQB/+==",
  ]

  @Test func `goes on as it was: options, rules, thoughts, title and all that was said`() throws {
    let room = try StoredRoom()
    var options = SessionOptions()
    options.permissionMode = .readOnly
    let session = try room.process().makeSession(options)
    session.say("Fix \u{202E}the tests\nplease", [Self.thought, ["type": "text", "text": "1.0"]])
    session.addRules { try? $0.add(denying: [PermissionRule("read_file(x)")]) }
    _ = session.change { $0.effort = .high }
    session.say("and more")
    let (document, info, rules) = (try session.document(), session.info, session.permissionRules)
    _ = session.close()
    session.recorder?.close()
    let again = try room.process(2).load(session.id)
    #expect(try again.document().exchanges == document.exchanges)
    #expect(again.info.title == "Fix the tests" && again.info.cwd == "/work/one")
    #expect(again.options.permissionMode == .readOnly && again.options.effort == .high)
    #expect(again.permissionRules == rules && again.info.usage == info.usage && again.createdAt == session.createdAt)
    #expect(again.info.model == "claude-sonnet-5-5" && again.updatedAt == session.updatedAt)
  }

  @Test func `has no file before something was said, and then its own alone`() throws {
    let room = try StoredRoom()
    let sessions = room.process()
    let session = try sessions.makeSession(SessionOptions())
    _ = session.change { $0.title = "One" }
    #expect(!FileManager.default.fileExists(atPath: room.path))
    session.say("a")
    #expect(try FileManager.default.contentsOfDirectory(atPath: room.path) == ["\(session.id).session.jsonl"])
    #expect(try room.lines(session.id)[0].hasPrefix(#"{"format":"wyn360.sessionFile","version":1,"sessionId":"#))
    let modes = try [room.path, room.file(session.id).path].map {
      try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
    }
    #expect(modes == [0o700, 0o600])
  }

  @Test func `loses nothing that was whole when it is cut at any byte, and goes on from there`() throws {
    let room = try StoredRoom()
    let session = try room.process().makeSession(SessionOptions())
    for word in ["a", "b", "c"] { session.say(word) }
    session.recorder?.close()
    let whole = try room.bytes(session.id)
    let header = try #require(whole.firstIndex(of: 0x0A))
    for cut in stride(from: 0, to: whole.count, by: Self.files == nil ? 29 : 1) {
      try whole.prefix(cut).write(to: room.file(session.id))
      let lines = whole.prefix(cut).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      let expected = lines.count { String(decoding: $0, as: UTF8.self).hasPrefix(#"{"type":"exchange""#) }
      let sessions = room.process()
      guard cut > header else {
        #expect(throws: Failure.sessionNotFound(session.id)) { try sessions.load(session.id) }
        continue
      }
      let again = try sessions.load(session.id)
      #expect(again.info.exchanges == expected, "cut at \(cut)")
      again.say("d")
      again.recorder?.close()
      let last = try room.process().load(session.id)
      #expect(last.info.exchanges == expected + 1)
      last.recorder?.close()
    }
  }

  @Test(arguments: [
    (2, "nonsense", "line 2: it is not JSON"), (2, #"{"type":"magic","now":{}}"#, "line 2: 'magic' is no type"),
    (2, #"{"type":"exchange","now":{}}"#, "line 2: it has no 'exchange'"), (1, "{}", "line 1: it is no header"),
    (
      1, #"{"format":"wyn360.sessionFile","version":7,"sessionId":"x"}"#,
      "line 1: its format has version 7, and this program reads version 1"
    ), (2, #"{"type":"hidden","places":"all"}"#, "line 2: places: expected"),
  ]) func `that is broken says where, and costs no other one`(number: Int, line: String, reason: String) async throws {
    let room = try StoredRoom()
    let sessions = room.process()
    let (good, bad) = (try sessions.makeSession(SessionOptions()), try sessions.makeSession(SessionOptions()))
    for session in [good, bad] {
      session.say("a")
      session.say("b")
      session.recorder?.close()
    }
    var lines = try room.lines(bad.id)
    lines[number - 1] = line
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: room.file(bad.id))
    let other = room.process(2)
    let failure = #expect(throws: Failure.self) { try other.load(bad.id) }
    #expect(failure?.message.contains(reason) == true && failure?.message.contains("\(bad.id).session.jsonl") == true)
    #expect(failure?.details?.kind == .storage)
    let list = try await other.list(SessionList())
    #expect(list.sessions.map(\.sessionId).contains(good.id))
    #expect(number == 2 || list.problems?.count == 1)
    #expect(try other.load(good.id).info.exchanges == 2)
  }

  @Test func `whose file holds anything at all loads, or is refused in words`() async throws {
    let room = try StoredRoom()
    let session = try room.process().makeSession(SessionOptions())
    for word in ["a", "b", "c"] { session.say(word, [Self.thought, ["type": "text", "text": "1.0"]]) }
    session.recorder?.close()
    let whole = try room.bytes(session.id)
    var numbers = RandomNumbers(seed: 1)
    for number in 0..<(Self.files ?? 60) {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        let place = Int.random(in: 0..<bytes.count, using: &numbers)
        switch Int.random(in: 0..<3, using: &numbers) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...50, using: &numbers)))
        default: bytes.insert(contentsOf: bytes.prefix(place).suffix(30), at: place)
        }
      }
      bytes = Data(bytes)
      try bytes.write(to: room.file(session.id))
      let sessions = room.process()
      _ = try await sessions.list(SessionList(query: "answer"))
      do throws(Failure) {
        let again = try sessions.load(session.id)
        again.say("more")
        again.recorder?.close()
        #expect(try room.process().load(session.id).info.exchanges == again.info.exchanges, "file \(number)")
      } catch {
        #expect([.storage, .sessionNotFound].contains(error.details?.kind), "file \(number)")
      }
    }
  }

  @Test func `is open in one process, which the other is told, and may be read by both`() async throws {
    let room = try StoredRoom()
    let (first, second) = (room.process(11), room.process(22))
    let session = try first.makeSession(SessionOptions())
    session.say("a")
    let failure = #expect(throws: Failure.self) { try second.load(session.id) }
    #expect(failure?.message.contains("process 11 on here") == true && failure?.details?.kind == .sessionBusy)
    let info = try await second.get((["sessionId": .string(session.id)] as JSON).decode())
    #expect(info.stored == true && info.holder == SessionHolder(pid: 11, host: "here") && info.exchanges == 1)
    let history = try await second.history((["sessionId": .string(session.id)] as JSON).decode())
    #expect(history.total == 1)
    await #expect(throws: Failure.self) { try await second.deleteStored(session.id) }
    _ = try first.close(session.id)
    session.recorder?.close()
    let again = try second.load(session.id)
    again.say("b")
    #expect(throws: Failure.self) { try first.load(session.id) }
    again.recorder?.close()
    #expect(try first.load(session.id).info.exchanges == 2)
  }

  @Test func `is told by its links, owners and other names that it is none`() throws {
    let room = try StoredRoom()
    let session = try room.process().makeSession(SessionOptions())
    session.say("a")
    session.recorder?.close()
    let files = FileManager.default
    let kept = room.folder.path + "/aside"
    try files.moveItem(atPath: room.file(session.id).path, toPath: kept)
    try files.createSymbolicLink(atPath: room.file(session.id).path, withDestinationPath: kept)
    let linked = #expect(throws: Failure.self) { try room.process().load(session.id) }
    #expect(linked?.message.contains("symbolic link") == true)
    try files.removeItem(atPath: room.file(session.id).path)
    try files.linkItem(atPath: kept, toPath: room.file(session.id).path)
    let named = #expect(throws: Failure.self) { try room.process().load(session.id) }
    #expect(named?.message.contains("more than one name") == true)
    // Only root can give a file away.
    if (try? files.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: kept)) != nil {
      try files.removeItem(atPath: room.file(session.id).path)
      try files.moveItem(atPath: kept, toPath: room.file(session.id).path)
      let foreign = #expect(throws: Failure.self) { try room.process().load(session.id) }
      #expect(foreign?.message.contains("another user") == true)
      try files.moveItem(atPath: room.file(session.id).path, toPath: kept)
    }
    let link = room.folder.path + "/link"
    try files.createSymbolicLink(atPath: link, withDestinationPath: room.path)
    #expect(SessionStore(link, holder: SessionHolder(pid: 1, host: "")).prepare()?.contains("symbolic link") == true)
    #expect(SessionStore(kept, holder: SessionHolder(pid: 1, host: "")).prepare() != nil)
  }

  @Test func `of any name has a file of its own`() throws {
    let room = try StoredRoom()
    let names = ["../../x", "a/b", ".", "..", "ü ~", "A", String(repeating: "長", count: 200), "a%2Fb", "x\n"]
    for name in names {
      let session = try room.process().load(name, making: SessionOptions())
      #expect(session.id == name)
      session.say("said in \(name)")
      session.recorder?.close()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: room.path).count == names.count)
    for name in names {
      let again = try room.process().load(name)
      #expect(again.info.title?.hasPrefix("said in") == true && again.info.exchanges == 1)
    }
  }

  @Test func `cannot be written: it goes on, one reason is told once, and it is written when that works again`() throws
  {
    let room = try StoredRoom()
    _ = FileManager.default.createFile(atPath: room.path, contents: nil)
    let sessions = room.process()
    let (one, other) = (try sessions.makeSession(SessionOptions()), try sessions.makeSession(SessionOptions()))
    one.say("a")
    other.say("a")
    one.say("b")
    let told = [one, other].map { $0.recorder?.takeNotices() ?? [] }
    #expect(told[0].count == 1 && told[0].first?.contains("it goes on in memory") == true && told[1] == [])
    try FileManager.default.removeItem(atPath: room.path)
    one.say("c")
    #expect(one.recorder?.takeNotices().first?.contains("nothing of it is missing") == true)
    one.recorder?.close()
    #expect(try room.process(2).load(one.id).info.exchanges == 3)
    // Somebody who removes a file does not want it back.
    other.say("b")
    try FileManager.default.removeItem(at: room.file(other.id))
    other.say("c")
    #expect(other.recorder?.takeNotices().first?.contains("is gone") == true && other.info.exchanges == 3)
    #expect(!FileManager.default.fileExists(atPath: room.file(other.id).path))
  }
}
