import Foundation
import OperatingSystem
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `The system's files:` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100_000])
  func `a file is read whole`(count: Int) throws {
    let path = try folder.write("file", String(repeating: "x", count: count))
    #expect(try FileSource.system.read(path)?.count == count)
  }

  @Test func `what is not there is none`() throws {
    let file = try folder.write("file", "text")
    #expect(try FileSource.system.read(folder.path + "/other") == nil)
    #expect(try FileSource.system.read(folder.path + "/no folder/other") == nil)
    #expect(try FileSource.system.read(file + "/below a file") == nil)
    #expect(try FileSource.system.read("/dev/null") == [])
  }

  @Test func `what is too large is refused, not cut`() throws {
    let text = String(repeating: "x", count: SystemLimits.fileMax)
    #expect(try FileSource.system.read(folder.write("fits", text))?.count == SystemLimits.fileMax)
    let error = #expect(throws: FileFailure.self) { try FileSource.system.read(folder.write("large", text + "x")) }
    #expect(error?.message.contains("larger than") == true)
  }

  @Test func `a folder, an empty path and a zero byte are refused with a reason`() {
    let error = #expect(throws: FileFailure.self) { try FileSource.system.read(folder.path) }
    #expect(error?.message.contains(folder.path) == true)
    #expect(throws: FileFailure.self) { try FileSource.system.read("") }
    #expect(throws: FileFailure.self) { try FileSource.system.read(folder.path + "\0more") }
    #expect(throws: FileFailure.self) { try FileSource.system.replace(folder.path + "\0more", [1]) }
  }

  @Test func `a pipe that nobody writes to does not block`() throws {
    let path = folder.path + "/pipe"
    try #require(unsafe mkfifo(path, 0o600) == 0)
    #expect(try FileSource.system.read(path) == [])
  }

  @Test(arguments: [nil, 0o644, 0o600, 0o400])
  func `a file is replaced at once and is its owner's alone`(mode: Int?) throws {
    if let mode { try folder.write("token", "old", mode: mode) }
    let path = folder.path + "/token"
    let before = FileManager.default.contents(atPath: path) == nil ? nil : FileHandle(forReadingAtPath: path)
    try FileSource.system.replace(path, Array("new".utf8))
    #expect(folder.text("token") == "new")
    #expect(try folder.mode("token") == 0o600)
    // Whoever had opened the old file still reads all of it.
    if mode != nil { #expect(try before?.readToEnd() == Data("old".utf8)) }
    #expect(folder.names == ["token"])
    try FileSource.system.replace(path, [])
    #expect(folder.text("token") == "")
  }

  @Test func `a replacement that fails leaves nothing behind`() throws {
    try folder.write("taken/file", "text")
    let error = #expect(throws: FileFailure.self) { try FileSource.system.replace(folder.path + "/taken", [1]) }
    #expect(error?.message.contains("/taken") == true)
    #expect(throws: FileFailure.self) { try FileSource.system.replace(folder.path + "/no folder/file", [1]) }
    #expect(folder.names == ["taken"])
    #expect(folder.text("taken/file") == "text")
  }
}

/// Files that are read once, as long as they stay as they are.
@Suite(.hangGuard) struct `Remembered files` {
  let folder: TemporaryFolder
  private let reads = Counter()

  init() throws { folder = try TemporaryFolder() }

  /// Counts what is read.
  private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  private var files: FileSource {
    let reads = reads
    return FileSource(
      read: { path throws(FileFailure) in
        reads.add()
        return try FileSource.system.read(path)
      }, replace: FileSource.system.replace, status: FileSource.system.status
    ).remembering()
  }

  /// Writes a file, as it would have been written then.
  private func write(_ name: String, _ text: String, at date: Date) throws -> String {
    let path = try folder.write(name, text)
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    return path
  }

  @Test func `what has not changed is read once, what has is read again`() throws {
    let files = files
    let (before, later) = (Date(timeIntervalSince1970: 1_000_000), Date(timeIntervalSince1970: 1_000_010))
    let path = try write("config", "one", at: before)
    for _ in 1...3 { #expect(try files.read(path) == Array("one".utf8)) }
    #expect(reads.value == 1)
    _ = try write("config", "two", at: later)
    for _ in 1...2 { #expect(try files.read(path) == Array("two".utf8)) }
    #expect(reads.value == 2)
    // Another file with the same time and size.
    let other = try write("other", "six", at: later)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: other, toPath: path)
    #expect(try files.read(path) == Array("six".utf8))
    try FileManager.default.removeItem(atPath: path)
    #expect(try files.read(path) == nil)
  }

  @Test func `what was written just now may be written again at the same time`() throws {
    let files = files
    // Within one tick of a file system's clock, however fine that is.
    let now = Date()
    let path = try write("token", "one", at: now)
    _ = try files.read(path)
    _ = try write("token", "two", at: now)
    #expect(try files.read(path) == Array("two".utf8))
    #expect(reads.value == 2)
  }

  @Test func `what is no file of a disk is never remembered`() throws {
    let files = files
    for _ in 1...2 { _ = try files.read("/proc/self/stat") }
    for _ in 1...2 { _ = try files.read("/dev/null") }
    #expect(reads.value == 4)
  }
}
